import type { KernelRules } from '../domain/scenario.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { isAtLeast, isUpdateOf, type KernelRelease, type KernelVersion } from './release.ts';

/**
 * Every rule by which a document about listen queues can be out of date. `commit` is the mainline
 * commit, `since` the first mainline release; stable backports are `rulesOf`'s business.
 */
export const KERNEL_RULES = {
  acceptQueueLimitIs32Bit: {
    id: 'accept-queue-limit-is-32-bit',
    statement: 'The accept-queue limit is stored in 32 bits, so a large backlog is not truncated.',
    commit: 'becb74f0acca',
    since: '4.1',
  },
  acceptQueueHoldsOneMore: {
    id: 'accept-queue-holds-one-more',
    statement: 'The accept queue is full only above its limit, so it holds limit + 1 connections.',
    commit: '64a146513f8f',
    since: '2.6.21',
  },
  synRefusedOnFullAcceptQueue: {
    id: 'syn-refused-on-full-accept-queue',
    statement: 'A SYN is always refused while the accept queue is full.',
    commit: '5ea8ea2cb7f1',
    since: '4.10',
  },
  // In every source that was read, from 2.6.32 on.
  overflowIsNoRefusal: {
    id: 'overflow-is-no-refusal',
    statement:
      'A full queue answers a SYN with silence, or a final ACK with RST; only a port where nobody listens refuses a connection.',
    commit: null,
    since: '2.6.32',
  },
  refusedSynCounted: {
    id: 'refused-syn-counted',
    statement: 'A SYN refused for a full accept queue adds one to ListenOverflows and ListenDrops.',
    commit: '2aeef18d37aa',
    since: '3.8',
  },
  // So in every source that was read; the oldest is 2.6.32.
  abortIsForRequests: {
    id: 'abort-is-for-requests',
    statement:
      'tcp_abort_on_overflow is asked for requests only: an ACK with a SYN cookie that finds no place is dropped in silence.',
    commit: null,
    since: '2.6.32',
  },
  dropReasonListenOverflow: {
    id: 'drop-reason-listen-overflow',
    statement: 'A final ACK dropped for a full accept queue has the reason TCP_LISTEN_OVERFLOW.',
    commit: 'a11a791ca81e',
    since: '6.15',
  },
  // Seen in the sources of 4.7.4 and not in those of 4.4; the commit in between is not known.
  refusedSynIsNoDropEvent: {
    id: 'refused-syn-is-no-drop-event',
    statement:
      'A refused SYN is consumed, not dropped: it fires no kfree_skb event, only counters tell of it.',
    commit: null,
    since: '4.7',
  },
  synQueueIsPowerOfTwoTable: {
    id: 'syn-queue-is-power-of-two-table',
    statement:
      'The SYN queue is a table of roundup_pow_of_two(max(8, min(limit, tcp_max_syn_backlog)) + 1).',
    commit: '72a3effaf633',
    since: '2.6.20',
  },
  synQueueIsBoundedByBacklog: {
    id: 'syn-queue-is-bounded-by-backlog',
    statement:
      'The SYN queue is bounded by the accept-queue limit; tcp_max_syn_backlog only counts without SYN cookies.',
    commit: 'ef547f2ac16b',
    since: '4.4',
  },
  synQueueHoldsOneMore: {
    id: 'syn-queue-holds-one-more',
    statement: 'The SYN queue is full only above the accept-queue limit: it holds limit + 1.',
    commit: '3479c7549fb1',
    since: '6.13',
  },
  // Older than the oldest sources that were read, 2.6.32.
  synRefusedAtThreeQuarters: {
    id: 'syn-refused-at-three-quarters',
    statement:
      'Without SYN cookies a SYN is refused when less than a quarter of tcp_max_syn_backlog is free.',
    commit: null,
    since: '2.6.32',
  },
  // The commit is known from mails only. 3.1-rc9 does not count, 3.8.13 does.
  everyDroppedSynCounted: {
    id: 'every-dropped-syn-counted',
    statement: 'A SYN that a listener drops, for whatever reason, adds one to ListenDrops.',
    commit: '848bf15f361b',
    since: '3.8',
  },
  // In every source that was read, from 2.6.32 on.
  overflowIsAlsoDrop: {
    id: 'overflow-is-also-drop',
    statement: 'What adds one to ListenOverflows adds one to ListenDrops, too.',
    commit: null,
    since: '2.6.32',
  },
  cookiesNoLongerDrops: {
    id: 'cookies-no-longer-drops',
    statement: 'A SYN answered with a SYN cookie no longer counts as a ListenDrops.',
    commit: '9caad864151e',
    since: '4.7',
  },
  cookiesAlways: {
    id: 'cookies-always',
    statement: 'tcp_syncookies 2 answers every SYN with a cookie, so the SYN queue stays empty.',
    commit: '5ad37d5deee1',
    since: '3.12',
  },
  initialRtoOneSecond: {
    id: 'initial-rto-one-second',
    statement: 'An unanswered SYN or SYN-ACK is repeated for the first time after 1 s, not 3 s.',
    commit: '9ad7c049f0f7',
    since: '3.1',
  },
  linearSynTimeouts: {
    id: 'linear-syn-timeouts',
    statement: 'The first tcp_syn_linear_timeouts repetitions of a SYN come at equal distances.',
    commit: 'ccce324dabfe',
    since: '6.5',
  },
  connectGiveUpFollowsInitialRto: {
    id: 'connect-give-up-follows-initial-rto',
    statement: 'connect(2) gives up after a time computed from the real first timeout, not 200 ms.',
    commit: '4d22f7d372f5',
    since: '2.6.36',
  },
  connectGiveUpFollowsInitialRtoAgain: {
    id: 'connect-give-up-follows-initial-rto-again',
    statement: 'connect(2) no longer gives up early, as it did in 5.1 to 5.3.',
    commit: '3256a2d6ab1f',
    since: '5.4',
  },
  rtoMaxConfigurable: {
    id: 'rto-max-configurable',
    statement: 'tcp_rto_max_ms caps the distance between repetitions (120 s unless set).',
    commit: '1280c26228bd',
    since: '6.15',
  },
  somaxconnDefault4096: {
    id: 'somaxconn-default-4096',
    statement: 'net.core.somaxconn is 4096 unless set.',
    commit: '19f92a030ca6',
    since: '5.4',
  },
  somaxconnVisibleInUserNamespaces: {
    id: 'somaxconn-visible-in-user-namespaces',
    statement: 'net.core.somaxconn can be read and written in a user namespace.',
    commit: '6b754d7bd007',
    since: '6.3',
  },
} as const satisfies Readonly<Record<string, KernelRule>>;

/**
 * Stable updates that carry 5ea8ea2cb7f1. 4.4.178 and 3.16.81 are the first of their series. For
 * 4.9 only "after 4.9.130" is certain; 4.9.168 is the sibling of 4.4.178.
 */
const SYN_REFUSAL_BACKPORTS: readonly KernelVersion[] = ['3.16.81', '4.4.178', '4.9.168'];

/** Stable updates that carry 3479c7549fb1. Those of 5.10 and 5.15 are not known: mainline decides. */
const SYN_QUEUE_BACKPORTS: readonly KernelVersion[] = ['5.4.290', '6.1.125', '6.6.72', '6.12.10'];

/**
 * The rules a release follows. Where it cannot tell (a vendor's kernel, an unknown patch level) it
 * is the rule of mainline x.y. Red Hat's el7 follows 3.10 in every field. Nothing older than
 * 2.6.32 was read; such releases get its rules.
 */
export function rulesOf(release: KernelRelease): KernelRules {
  const since = (version: KernelVersion): boolean => isAtLeast(release, version);
  const synRefusal = since('4.10') || hasBackport(release, SYN_REFUSAL_BACKPORTS);
  return {
    synOnFullAcceptQueue: synRefusal ? 'dropped' : 'dropped-if-two-young',
    synQueue: synQueueOf(release),
    acceptQueueLimitBits: since('4.1') ? 32 : 16,
    refusedSynCounted: since('3.8'),
    cookieCountedAsDrop: since('3.8') && !since('4.7'),
    initialRtoMs: since('3.1') ? 1_000 : 3_000,
    linearSynTimeouts: since('6.5'),
    connectGiveUp: connectGiveUpOf(release),
  };
}

function synQueueOf(release: KernelRelease): KernelRules['synQueue'] {
  if (isAtLeast(release, '6.13') || hasBackport(release, SYN_QUEUE_BACKPORTS)) {
    return 'limit-plus-one';
  }
  return isAtLeast(release, '4.4') ? 'limit' : 'table';
}

/** The fix of 5.4 was queued for 5.3.y too; from which update on is not known. */
function connectGiveUpOf(release: KernelRelease): KernelRules['connectGiveUp'] {
  if (!isAtLeast(release, '2.6.36')) return 'counts-200ms-base';
  const early = isAtLeast(release, '5.1') && !isAtLeast(release, '5.4');
  return early ? 'one-step-early' : 'full-schedule';
}

function hasBackport(release: KernelRelease, updates: readonly KernelVersion[]): boolean {
  return updates.some((update) => isUpdateOf(release, update));
}
