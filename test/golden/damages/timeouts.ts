/** Runs in which clients wait: for a SYN that is repeated, for the kernel, for a slow server. */
import { FILES } from '../../../harness/domain/evidence.ts';
import {
  all,
  captureRecounted,
  type Damage,
  dropsRecounted,
  edited,
  recounted,
  substituted,
} from '../../helpers/damage.ts';
import { packetLost, packetShifted } from '../../helpers/damage-capture.ts';
import { counted, type OtherKernel } from './other-kernels.ts';
import { FOOLED, listenerMissing, portOf, type SingleDamage, SWARM } from './recorded.ts';

const CLOSED_PORT = 'refused-needs-a-closed-port';
const GIVES_UP = 'kernel-gives-up';
const SCHEDULE = 'syn-retransmissions';
const SHORT_AND_LONG = 'short-and-long-timeouts';
const SLOW = 'slow-accept';

/** The queue was never seen full until the server had accepted for the first time. */
const neverFullAtFirst: Damage = edited(FILES.samples, (text) => {
  const emptied = text.search(/"acceptQueueLength":3[^\n]*\n[^\n]*"acceptQueueLength":[012]\b/);
  const head = text.slice(0, emptied + '"acceptQueueLength":3'.length);
  return (
    head.replaceAll('"acceptQueueLength":3', '"acceptQueueLength":2') + text.slice(head.length)
  );
});

export const TIMEOUTS: readonly SingleDamage[] = [
  {
    what: 'the sampler missed a repeated SYN',
    of: SCHEDULE,
    damage: edited(FILES.samples, (text) =>
      text.replaceAll('"ListenDrops":2}', '"ListenDrops":1}'),
    ),
    names: 'ListenDrops over time: repeated when no known kernel repeats it',
    claims: ['001-i'],
  },
  {
    what: 'the kernel of the client gave nothing up',
    of: GIVES_UP,
    damage: recounted('closing', 'client', 'TCPAbortOnTimeout', -1),
    names: 'PassiveOpens: 1 were refused or reset',
    claims: ['003-a'],
  },
  {
    what: 'a hasty client says that it was a patient one',
    of: SHORT_AND_LONG,
    damage: substituted(SWARM, '"wave":"hasty"', '"wave":"patient"'),
    names: '3 of 4 long ones connect',
    claims: ['003-d'],
  },
  {
    what: 'the sampler never saw the queue full before it was emptied',
    of: SLOW,
    damage: neverFullAtFirst,
    names: 'accept-queue length over time: never overflows',
    claims: ['002-h'],
  },
  {
    what: 'a connect(2) had failed before the listener was closed',
    of: CLOSED_PORT,
    damage: recounted('overflowing', 'client', 'AttemptFails', 1),
    names: 'TCPAbortOnTimeout of the client: clients are refused during the overflow',
    claims: ['003-h'],
  },
  listenerMissing(CLOSED_PORT, 'overflowing'),
  listenerMissing(SCHEDULE, 'full'),
  {
    what: 'a request is not in the SYN queue before it is due to be forgotten',
    of: FOOLED,
    damage: edited(FILES.samples, (text) =>
      text.replaceAll('"synQueueLength":1', '"synQueueLength":0'),
    ),
    names: 'requests forgotten off schedule: predicted 0, measured 1',
    verdict: 'contradicted',
    claims: [],
  },
];

/** A late client's SYNs are repeated half a second too early, as the sampler saw it, too. */
function repeatedTooEarly(): Damage {
  const port = portOf(SCHEDULE, 3);
  const early = (nth: number): Damage => packetShifted({ flags: 'S', nth, port }, -500);
  return all(early(1), early(2), edited(FILES.samples, drops500MsEarlier));
}

/** What is read of ListenDrops at any time is what was read half a second later. */
function drops500MsEarlier(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const samples = lines.map((line) => JSON.parse(line) as Record<string, number>);
  const dropsAt = (ms: number): number | undefined =>
    samples.findLast(({ monotonicMs = 0 }) => monotonicMs <= ms)?.['ListenDrops'];
  return samples
    .map((sample) => {
      const later = dropsAt((sample['monotonicMs'] ?? 0) + 500);
      const isFirst = sample['ListenDrops'] === 0 || later === undefined;
      return `${JSON.stringify(isFirst ? sample : { ...sample, ListenDrops: later })}\n`;
    })
    .join('');
}

/** The kernel sends one SYN and waits for ever; what ends the attempt is the client's own timer. */
function neverGivesUp(): Damage {
  const port = portOf(GIVES_UP, 6);
  const again: Damage = packetLost({ flags: 'S', nth: 1, port });
  return all(
    again,
    again,
    captureRecounted(-2),
    substituted(SWARM, '"by":"kernel"', '"by":"own-timer"'),
    dropsRecounted(-2),
    counted('server', { ListenDrops: -2, ListenOverflows: -2 }),
    counted('client', { TCPSynRetrans: -2, TCPAbortOnTimeout: -1, AttemptFails: -1 }),
  );
}

export const OTHER_TIMEOUTS: readonly OtherKernel[] = [
  {
    what: 'a SYN is repeated after half a second',
    of: SCHEDULE,
    damage: repeatedTooEarly(),
    contradicts: {
      '001-i': 'repeated when no known kernel repeats it',
      prediction: 'repeated SYNs off schedule: predicted 0, measured 2',
    },
  },
  {
    what: 'the kernel never gives up',
    of: GIVES_UP,
    damage: neverGivesUp(),
    contradicts: {
      '003-a': '3 ended by their own timer, 0 by the kernel',
      prediction: 'refused SYNs: predicted 5, measured 3',
    },
  },
  {
    what: 'a closed port is as silent as a full queue',
    of: CLOSED_PORT,
    damage: all(
      packetLost({ flags: 'R.', nth: 0, port: portOf(CLOSED_PORT, 6) }),
      captureRecounted(-1),
      substituted(SWARM, '"event":"refused"', '"event":"timed-out","by":"own-timer"'),
      counted('server', { OutRsts: -1 }),
      counted('client', { AttemptFails: -1 }),
    ),
    contradicts: {
      '003-h': '0 refused during the overflow, 0 after it',
      prediction: 'clients refused: predicted 1, measured 0 / 0',
    },
  },
];

/** Claims that no recorded run can contradict, with the reason. */
export const TIMEOUTS_NEVER_CONTRADICTED: Readonly<Record<string, string>> = {
  '002-h': 'whether it overflows is a matter of rates, which built evidence varies',
  '003-d': 'a repeated SYN that finds a free place and is refused is tested with built evidence',
};
