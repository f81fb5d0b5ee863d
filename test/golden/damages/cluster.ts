/** What the agents in the containers of a cluster tell. */
import type {
  ClockComparison,
  ClusterMember,
  ClusterRecord,
} from '../../../harness/domain/cluster.ts';
import {
  clientHostName,
  FILES,
  snapshotFile,
  swarmEventsFile,
} from '../../../harness/domain/evidence.ts';
import { CLOSING_SNAPSHOT, OPENING_SNAPSHOT } from '../../../harness/domain/plan.ts';
import {
  all,
  type Damage,
  edited,
  recounted,
  removed,
  substituted,
  textOf,
  withoutLines,
} from '../../helpers/damage.ts';
import type { SingleDamage } from './recorded.ts';

const OF = 'cluster';
/** The container whose clock and counters are changed. */
const ONE = 1;
const EVENTS = swarmEventsFile(ONE);

/** Another clock than the one that was recorded. */
const OTHER_CLOCK = '00000000-0000-4000-8000-000000000002';

const memberEdited = (edit: (member: ClusterMember) => ClusterMember): Damage =>
  edited(FILES.cluster, (text) => {
    const record = JSON.parse(text) as ClusterRecord;
    const clients = record.clients.map((member, index) => (index === ONE ? edit(member) : member));
    return JSON.stringify({ ...record, clients });
  });

/** As if the container were on another machine, whose clock is ahead of the run's. */
const elsewhere = (aheadMs: readonly number[], roundTripMs: number): Damage =>
  memberEdited((member) => ({
    ...member,
    clockId: OTHER_CLOCK,
    clocks: member.clocks.map((clock, index) => ({
      observerMonotonicMs: clock.observerMonotonicMs,
      agentMonotonicMs: clock.observerMonotonicMs + (aheadMs[index] ?? 0),
      roundTripMs,
    })),
  }));

const tenSecondsLater = (clock: ClockComparison): ClockComparison => ({
  ...clock,
  observerMonotonicMs: clock.observerMonotonicMs + 10_000,
  agentMonotonicMs: clock.agentMonotonicMs + 10_000,
});

const eventsAhead = (aheadMs: number): Damage =>
  edited(EVENTS, (text) =>
    text.replace(/"monotonicMs":([\d.]+)/g, (_, ms) => `"monotonicMs":${Number(ms) + aheadMs}`),
  );

/** In whole powers of two, so that adding and taking away again leaves every time as it was. */
const AHEAD_MS = 2 ** 20;

/** The same run, with one container on a machine that was started before the other. */
export const CLUSTER_ON_TWO_MACHINES: Damage = all(
  elsewhere([AHEAD_MS, AHEAD_MS], 0.5),
  eventsAhead(AHEAD_MS),
);

/** A packet of a client, moved to where the counters stood still. */
const during = (snapshot: string): Damage => {
  const label = `"label":"${snapshot}"`;
  return (evidence) => {
    const events = textOf(evidence, EVENTS);
    const firstMs = Number(/"attempt".*"monotonicMs":([\d.]+)/.exec(events)?.[1]);
    const moved = (line: string): string =>
      line.replace(/"(stillUntil|stillFrom)MonotonicMs":([\d.]+)/g, (_, name, ms) => {
        const atMs = Number(ms);
        return `"${name}MonotonicMs":${name === 'stillFrom' ? Math.min(atMs, firstMs) : Math.max(atMs, firstMs + 100)}`;
      });
    return edited(FILES.timeline, (text) =>
      text
        .split('\n')
        .map((line) => (line.includes(label) ? moved(line) : line))
        .join('\n'),
    )(evidence);
  };
};

export const CLUSTER: readonly SingleDamage[] = [
  {
    what: 'the events of one container are lost',
    of: OF,
    damage: removed(EVENTS),
    names: `${EVENTS}: The run folder does not have this file`,
    breaks: 'every client of the plan tells its story',
  },
  {
    what: 'one client of one container tells nothing',
    of: OF,
    damage: withoutLines(EVENTS, /"client":2/),
    names: 'clients of the plan 6, clients with a story 5',
    breaks: 'every client of the plan tells its story',
  },
  {
    what: 'a counter of one container is another',
    of: OF,
    damage: recounted(CLOSING_SNAPSHOT, clientHostName(ONE), 'ActiveOpens', 1),
    names: 'ActiveOpens of the client 7',
    breaks: 'every attempt was counted by the client’s kernel',
  },
  {
    what: 'a counter of one container is missing',
    of: OF,
    damage: substituted(
      snapshotFile(OPENING_SNAPSHOT, clientHostName(ONE), 'netstat'),
      ' TCPSynRetrans ',
      ' TCPSynOther ',
    ),
    names: 'TCPSynRetrans of the client unknown',
    breaks: 'repeated SYNs',
  },
  {
    what: 'a container lost a packet',
    of: OF,
    damage: edited(snapshotFile(CLOSING_SNAPSHOT, clientHostName(ONE), 'dev'), (text) =>
      text.replace(/(eth0:\s+\d+\s+\d+\s+)0(\s+)0/, '$10$21'),
    ),
    names: 'the wire lost nothing: drops and errors of both interfaces 1',
    breaks: 'the wire lost nothing',
  },
  {
    what: 'the sockets of one container are missing',
    of: OF,
    damage: withoutLines(snapshotFile(CLOSING_SNAPSHOT, clientHostName(ONE), 'tcp'), /:270F 01 /),
    names: 'established connections of the client, closing',
    breaks: 'established connections of the client, closing',
  },
  {
    what: 'a container was not told of',
    of: OF,
    damage: edited(FILES.cluster, (text) => {
      const record = JSON.parse(text) as ClusterRecord;
      return JSON.stringify({ ...record, clients: record.clients.slice(0, ONE) });
    }),
    names: 'every attempt was counted by the client’s kernel',
  },
  ...([OPENING_SNAPSHOT, CLOSING_SNAPSHOT] as const).map((snapshot) => ({
    what: `clients were connecting during the ${snapshot}`,
    of: OF,
    damage: during(snapshot),
    names: `nothing crossed the wire during the ${snapshot}`,
    breaks: `nothing crossed the wire during the ${snapshot}`,
  })),
  {
    what: 'the clock of another machine is known too roughly',
    of: OF,
    damage: elsewhere([AHEAD_MS, AHEAD_MS], 41),
    names: 'is not known well enough: to 21 ms',
  },
  {
    what: 'the clock of another machine runs away',
    of: OF,
    damage: elsewhere([AHEAD_MS, AHEAD_MS + 21], 0.5),
    names: 'it moved by 21 ms during the run',
  },
  {
    what: 'the clock of another machine was compared once only',
    of: OF,
    damage: memberEdited((member) => ({ ...member, clocks: member.clocks.slice(0, 1) })),
    names: 'was not compared twice',
  },
  {
    what: 'the second comparison of a clock is the first one again',
    of: OF,
    damage: memberEdited((member) => ({
      ...member,
      clocks: [...member.clocks.slice(0, 1), ...member.clocks.slice(0, 1)],
    })),
    names: 'was not compared before the first step and after the last one',
  },
  {
    what: 'the clocks were compared only when the steps were over',
    of: OF,
    damage: memberEdited((member) => ({ ...member, clocks: member.clocks.map(tenSecondsLater) })),
    names: 'was not compared before the first step and after the last one',
  },
  {
    what: 'a clock was told before it was asked for',
    of: OF,
    damage: memberEdited((member) => ({
      ...member,
      clocks: member.clocks.map((clock) => ({ ...clock, roundTripMs: -clock.roundTripMs })),
    })),
    names: 'was told before it was asked for',
  },
  {
    what: 'a container is on a kernel of other rules',
    of: OF,
    damage: memberEdited((member) => ({ ...member, kernelRelease: '4.9.130' })),
    names: 'is on kernel 4.9.130, which follows other rules',
  },
];
