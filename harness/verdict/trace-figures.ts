/** What the kernel's trace events say of a run, and whether they can be believed. */
import type { KernelTrace, Observations, TraceEvent } from '../domain/observations.ts';
import type { Connection } from '../domain/tcp.ts';
import type { Obstacle, Testimony } from '../domain/verdict.ts';
import { isAtLeast, parseRelease } from '../kernel/release.ts';
import { closing, growth, opening, repeatedSynAcks, resetsFrom } from './figures.ts';

/** The reason of a final ACK dropped for a full accept queue (a11a791ca81e, 6.15). */
export const LISTEN_OVERFLOW = 'TCP_LISTEN_OVERFLOW';

/** The events between the opening and the closing snapshot; none when one of them is missing. */
export function eventsInWindow(seen: Observations): readonly TraceEvent[] {
  const fromMs = opening(seen)?.atMs ?? Number.POSITIVE_INFINITY;
  const untilMs = closing(seen)?.atMs ?? Number.NEGATIVE_INFINITY;
  return (seen.trace?.events ?? []).filter(({ atMs }) => fromMs <= atMs && atMs <= untilMs);
}

const eventsNamed = (seen: Observations, name: string): readonly TraceEvent[] =>
  eventsInWindow(seen).filter((event) => event.name === name);

const dropEvents = (seen: Observations): readonly TraceEvent[] => eventsNamed(seen, 'kfree_skb');

/** Whether this kernel says of a dropped final ACK why it was dropped. */
const namesOverflow = ({ trace }: Observations): boolean =>
  trace?.traced.has(LISTEN_OVERFLOW) === true;

/** What stood for all reasons before they had names (c504e5c2f964, 5.17), and for many since. */
const UNNAMED: ReadonlySet<string | undefined> = new Set([undefined, 'NOT_SPECIFIED']);

/**
 * In a machine of our own there are the drops of the clients' host and of the gate, too. Where drops
 * have no reasons yet (before 5.17) the place tells them apart; later it may be a hashed address.
 */
const isInTcpInput = ({ fields: { location, reason } }: TraceEvent): boolean =>
  reason !== undefined || location === undefined || /^tcp_v[46]_rcv/.test(location);

/** Drops that may be final ACKs, without the kernel's word for it. */
const unnamedEvents = (seen: Observations): number =>
  dropEvents(seen).filter((event) => UNNAMED.has(event.fields['reason']) && isInTcpInput(event))
    .length;

/** Drops at our listener that the kernel calls an overflow: final ACKs. Before 6.15: those without a reason. */
export const overflowEvents = (seen: Observations): number =>
  namesOverflow(seen)
    ? dropEvents(seen).filter(({ fields }) => fields['reason'] === LISTEN_OVERFLOW).length
    : unnamedEvents(seen);

/** How the drop events of final ACKs are called, in a testimony. */
export const overflowEventName = (seen: Observations): string =>
  namesOverflow(seen)
    ? `kfree_skb ${LISTEN_OVERFLOW} events`
    : 'kfree_skb events without a reason (TCP_LISTEN_OVERFLOW came with 6.15)';

/** All other drops at our listener; where the kernel does not tell them apart, those beyond the final ACKs. */
export const otherDropEvents = (seen: Observations): number =>
  namesOverflow(seen)
    ? dropEvents(seen).length - overflowEvents(seen)
    : Math.max(0, unnamedEvents(seen) - ignoredFinalAcks(seen));

/** Final ACKs, by packets, that the server answered with a further SYN-ACK or a RST. */
export const ignoredFinalAcks = (seen: Observations): number =>
  seen.connections.reduce((sum, connection) => sum + ignoredAcksOf(connection), 0);

function ignoredAcksOf({ bareAcks, synAcks, resets }: Connection): number {
  const answers = [...synAcks, ...resets.filter(({ from }) => from === 'server')];
  const lastAnswerMs = answers.reduce((last, { atMs }) => Math.max(last, atMs), -Infinity);
  return bareAcks.filter(({ from, atMs }) => from === 'client' && atMs < lastAnswerMs).length;
}

/** A figure that the trace and another witness both know. */
interface CrossCheck {
  readonly event: string;
  readonly traced: number;
  readonly other: Testimony['witness'];
  readonly otherIs: string;
  readonly otherValue: number | undefined;
}

/** Up to 6.11 it fires only for a RST of a known socket, and a request is none (read in 6.1 and 6.6). */
const tellsEveryReset = ({ surroundings }: Observations): boolean => {
  const release = parseRelease(surroundings.kernelRelease);
  return release === undefined || isAtLeast(release, '6.12');
};

const crossChecks = (seen: Observations): readonly CrossCheck[] =>
  allChecks(seen).filter(({ event }) => event !== 'tcp_send_reset' || tellsEveryReset(seen));

const allChecks = (seen: Observations): readonly CrossCheck[] => [
  {
    event: 'tcp_retransmit_synack',
    traced: eventsNamed(seen, 'tcp_retransmit_synack').length,
    other: 'packets',
    otherIs: 'SYN-ACK retransmissions in the capture',
    otherValue: repeatedSynAcks(seen),
  },
  {
    event: 'tcp_send_reset',
    traced: eventsNamed(seen, 'tcp_send_reset').length,
    other: 'packets',
    otherIs: 'RSTs from the server in the capture',
    otherValue: resetsFrom(seen, 'server'),
  },
  {
    event: 'inet_sock_set_state',
    traced: eventsNamed(seen, 'inet_sock_set_state').filter(
      ({ fields }) =>
        fields['oldstate'] === 'TCP_SYN_RECV' && fields['newstate'] === 'TCP_ESTABLISHED',
    ).length,
    other: 'counters',
    otherIs: 'PassiveOpens',
    otherValue: growth(seen, 'server', 'PassiveOpens'),
  },
];

/** The figures by which the trace was checked, as testimonies. An event that was not traced has none. */
export const crossTestimonies = (seen: Observations): readonly Testimony[] =>
  crossChecks(seen)
    .filter(({ event }) => seen.trace?.traced.has(event) === true)
    .flatMap(({ event, traced, other, otherIs, otherValue }) => [
      { witness: 'trace', says: `${event} events: ${traced}` },
      { witness: other, says: `${otherIs}: ${otherValue ?? 'unknown'}` },
    ]);

/**
 * Why the trace decides nothing about drops; the first reason found. The remedies are what a user
 * can do.
 */
export function traceObstacle(seen: Observations): Obstacle | undefined {
  const { trace } = seen;
  if (trace === undefined) return notTaken(seen);
  return gapIn(trace) ?? ignorance(trace, seen) ?? discord(seen, trace);
}

const notTaken = ({ surroundings }: Observations): Obstacle =>
  surroundings.privilege === 'root'
    ? {
        reason: 'no kernel trace was taken: tracefs was not there, or not in time',
        remedy:
          'npm run repro -- doctor says whether tracefs can be used; then start the run again',
      }
    : {
        reason: 'no kernel trace was taken: trace events need root of the machine',
        remedy: 'run it as root of the machine (sudo), outside of a container',
      };

function gapIn({ lost }: KernelTrace): Obstacle | undefined {
  if (lost === undefined) {
    return {
      reason: 'the trace does not say whether it is complete',
      remedy: 'start the run again',
    };
  }
  return lost === 0
    ? undefined
    : {
        reason: `the kernel lost ${lost} trace events`,
        remedy: 'start the run again while the machine has less to do',
      };
}

function ignorance(
  { traced, listenerKnown }: KernelTrace,
  { surroundings }: Observations,
): Obstacle | undefined {
  if (!traced.has('kfree_skb')) {
    return {
      reason:
        'a drop event of this kernel names no socket, and on a machine with other programs it may be of any',
      remedy: 'run it on Linux 6.11 or later, or with --sandbox vm in a machine of its own',
    };
  }
  const release = parseRelease(surroundings.kernelRelease);
  if (!traced.has(LISTEN_OVERFLOW) && release !== undefined && isAtLeast(release, '6.15')) {
    return {
      reason: `this kernel has no drop reason ${LISTEN_OVERFLOW}, by which a probe tells such drops`,
      remedy: 'start the run again; Linux 6.15 and later have it',
    };
  }
  return listenerKnown
    ? undefined
    : {
        reason: 'the kernel does not tell which listening socket is ours (kernel.kptr_restrict)',
        remedy: 'set sysctl kernel.kptr_restrict to 0 for the run',
      };
}

function discord(seen: Observations, { traced }: KernelTrace): Obstacle | undefined {
  const odd = crossChecks(seen).find(
    (check) => traced.has(check.event) && check.traced !== check.otherValue,
  );
  return odd === undefined
    ? undefined
    : {
        reason: `the trace disagrees with the other witnesses: ${odd.event} events ${odd.traced}, ${odd.otherIs} ${odd.otherValue ?? 'unknown'}`,
        remedy: 'start the run again; if others use the same port at once, pass another --port',
      };
}
