/** What the kernel's trace events say of a run, and whether they can be believed. */
import type { KernelTrace, Observations, TraceEvent } from '../domain/observations.ts';
import type { Connection } from '../domain/tcp.ts';
import type { Obstacle, Testimony } from '../domain/verdict.ts';
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

/** Drops at our listener that the kernel calls an overflow: final ACKs. */
export const overflowEvents = (seen: Observations): number =>
  dropEvents(seen).filter(({ fields }) => fields['reason'] === LISTEN_OVERFLOW).length;

/** All other drops at our listener. */
export const otherDropEvents = (seen: Observations): number =>
  dropEvents(seen).length - overflowEvents(seen);

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

const crossChecks = (seen: Observations): readonly CrossCheck[] => [
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
  return gapIn(trace) ?? ignorance(trace) ?? discord(seen, trace);
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

function ignorance({ traced, listenerKnown }: KernelTrace): Obstacle | undefined {
  if (!traced.has('kfree_skb') || !traced.has(LISTEN_OVERFLOW)) {
    return {
      reason: `this kernel has no drop reason ${LISTEN_OVERFLOW}, by which a probe tells such drops`,
      remedy: 'run it on Linux 6.15 or later',
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
