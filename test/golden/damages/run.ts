/** What is said of the run as a whole. */
import { FILES } from '../../../harness/domain/evidence.ts';
import { edited, removed, substituted, withoutLines } from '../../helpers/damage.ts';
import { CAPPED, FOOLED, OVERFLOW, type SingleDamage } from './recorded.ts';

export const RUN: readonly SingleDamage[] = [
  {
    what: 'the run was aborted',
    of: OVERFLOW,
    damage: substituted(FILES.status, '"complete"', '"aborted"'),
    names: 'the run is not complete (aborted)',
  },
  {
    what: 'the run was cut off',
    of: OVERFLOW,
    damage: removed(FILES.status),
    names: 'The run was cut off before it could write its status',
  },
  {
    what: 'the wall clock was set during the run',
    of: OVERFLOW,
    damage: edited(FILES.clock, (text) => {
      const [, last = ''] = [...text.matchAll(/"wallNs": "(\d+)"/g)].at(-1) ?? [];
      return text.replace(last, `${BigInt(last) + 3_600_000_000_000n}`);
    }),
    names: 'the wall clock was set during the run',
  },
  {
    what: 'the sampler saw another queue in the end',
    of: OVERFLOW,
    damage: edited(FILES.samples, (text) =>
      text.replaceAll('"acceptQueueLength":3', '"acceptQueueLength":2'),
    ),
    names: 'the sampler saw the same queue',
    breaks: 'the sampler saw the same queue',
  },
  {
    what: 'a step left no time',
    of: OVERFLOW,
    damage: withoutLines(FILES.timeline, /"kind":"await"/),
    names: 'timeline.jsonl: It has 5 of the plan',
  },
  {
    what: 'the counters moved during the closing snapshot',
    of: OVERFLOW,
    damage: edited(FILES.timeline, (text) =>
      text.replace(/("label":"closing".*?),"stillFromMonotonicMs":[\d.]+/, '$1'),
    ),
    names: "The counters did not stand still for snapshot 'closing'",
  },
  {
    what: 'a required sysctl has another value',
    of: CAPPED,
    damage: substituted(FILES.sysctls, '"found": "16"', '"found": "17"'),
    names: 'sysctls.json: net.core.somaxconn of the server is 17, not the required 16',
  },
  {
    what: 'a sysctl of the plan was never set',
    of: FOOLED,
    damage: substituted(FILES.sysctls, 'tcp_synack_retries', 'tcp_synack_retriez'),
    names: 'sysctls.json: It says nothing of net.ipv4.tcp_synack_retries of the server',
  },
];
