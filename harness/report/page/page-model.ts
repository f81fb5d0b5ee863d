/**
 * What a report page shows, as plain JSON: the page carries it in itself, and the program in the
 * browser (harness/page/) draws it. Times are milliseconds on the run's time axis. Sentences are
 * English; the browser translates those that it knows.
 */

import type { AppliedSysctl } from '../../domain/evidence.ts';
import type { Chain } from '../../domain/incident.ts';
import type { Host } from '../../domain/tcp.ts';
import type {
  FindingKind,
  Identity,
  JudgedClaim,
  KernelRule,
  Testimony,
  UnexercisedClaim,
} from '../../domain/verdict.ts';
import type { HeatMap } from './heat-map.ts';
import type { KernelsPage } from './kernels-page.ts';
import type { OverflowExplanation } from './overflow-explanation.ts';
import type { Packed } from './packed.ts';
import type { PageTimeline } from './page-timeline.ts';

export interface PageKernel {
  readonly release: string;
  readonly architecture: string;
  readonly distribution: string;
}

/** In the order of its number in `ClientColumns.status`. */
export const CLIENT_STATUSES = [
  'waiting',
  'connected',
  'fooled',
  'rejected',
  'closed',
  'gave-up',
  'kernel-gave-up',
  'refused',
  'reset',
  'failed',
  'unsettled',
] as const;
export type ClientStatus = (typeof CLIENT_STATUSES)[number];

/** In `ClientColumns.syns` and `refusedSyns`: the capture has no packet of this client. */
export const NO_PACKETS = 255;

/** One entry for each client in every column, in the order of the clients. */
export interface ClientColumns {
  readonly count: number;
  readonly number: Packed;
  /** 0: unknown. */
  readonly port: Packed;
  readonly status: Packed;
  readonly startedAtMs: Packed;
  /** As which one of all its first SYN arrived; 0: the capture has none. */
  readonly arrived: Packed;
  /** How long connect(2) took; NaN: it had no outcome. */
  readonly afterMs: Packed;
  readonly syns: Packed;
  /** SYNs that drew no answer at all. */
  readonly refusedSyns: Packed;
  /** In the accept queue; 0: none. */
  readonly place: Packed;
}

/** A row of the ladder; `packet` is an index into the packets of its ladder. */
export type PageLadderRow =
  | {
      readonly kind: 'segment';
      readonly atMs: number;
      readonly from: Host;
      readonly what: string;
      readonly bytes?: number;
      readonly retransmission?: true;
      readonly fate: 'taken' | 'refused' | 'dropped';
      readonly packet?: number;
      /** For a retransmission: the time since the same was sent before. */
      readonly gapMs?: number;
    }
  | {
      readonly kind: 'note';
      readonly atMs: number;
      readonly at: Host;
      readonly says: string;
    };

export interface PagePackets {
  readonly linkType: number;
  readonly clientAddress: string;
  readonly serverAddress: string;
  readonly clientPort: number;
  readonly serverPort: number;
  /** All packets' bytes one after another, base64; `lengths` tells where each ends. */
  readonly bytes: string;
  readonly lengths: readonly number[];
  readonly originalLengths: readonly number[];
  readonly atMs: readonly number[];
}

export interface PageLadder {
  readonly client: number;
  readonly rows: readonly PageLadderRow[];
  readonly packets: PagePackets;
  /** So many more packets, when the run was over and its sockets were closed. */
  readonly afterwards: number;
}

export interface PageComparison {
  readonly figure: string;
  readonly meaning: string | null;
  readonly predicted: string;
  readonly measured: string;
  readonly witnesses: readonly {
    readonly witness: Testimony['witness'];
    readonly of: string;
    readonly value: number;
  }[];
  readonly result: 'holds' | 'off' | 'unmeasured';
}

export interface PageCounter {
  readonly host: Host;
  readonly counter: string;
  readonly by: number;
  readonly meaning: string | null;
}

export interface PageTale {
  readonly who: string;
  readonly outcome: string;
  readonly why: string;
  readonly clients: number;
}

export interface PageCommand {
  readonly command: string;
  readonly shows: string;
}

interface Headline {
  readonly title: string;
  readonly verdict: FindingKind;
  readonly reason: string;
  readonly kernel: PageKernel | null;
}

export interface RunPage extends Headline {
  readonly kind: 'run';
  readonly scenario: string;
  /** Of an incident. */
  readonly phase: string | null;
  readonly story: string;
  readonly inShort: readonly string[];
  readonly explanation: OverflowExplanation | null;
  readonly startedAt: string;
  readonly tookMs: number | null;
  /** Label and text. */
  readonly setup: readonly (readonly [label: string, text: string])[];
  readonly claims: readonly JudgedClaim[];
  readonly unexercised: readonly UnexercisedClaim[];
  readonly comparisons: readonly PageComparison[];
  readonly timeline: PageTimeline | null;
  readonly clients: ClientColumns;
  readonly tales: readonly PageTale[];
  readonly connections: number;
  /** Not all of a large run: see `sampled`. */
  readonly ladders: readonly PageLadder[];
  readonly sampled: boolean;
  /** Clients whose ladders are worth a sheet of paper; the last one is shown first on a screen. */
  readonly printed: readonly number[];
  readonly counters: readonly PageCounter[];
  readonly ledger: { readonly balanced: boolean; readonly identities: readonly Identity[] };
  readonly problems: readonly string[];
  readonly repeat: readonly PageCommand[];
  readonly carriedOut: readonly string[];
  readonly sysctls: readonly AppliedSysctl[];
  readonly surroundings: readonly (readonly [label: string, text: string])[];
}

/** What was found about a claim by the run in `href`; null: that run has no page. */
export interface PageFinding {
  readonly label: string;
  readonly href: string | null;
  readonly verdict: FindingKind;
  readonly says: string;
  readonly rule: KernelRule | null;
}

export interface PageClaim {
  readonly id: string;
  readonly document: string;
  readonly claim: string;
  readonly verdict: FindingKind;
  readonly findings: readonly PageFinding[];
}

export interface CataloguePage extends Omit<Headline, 'reason'> {
  readonly kind: 'catalogue';
  readonly totals: Readonly<Record<FindingKind, number>>;
  readonly claims: readonly PageClaim[];
  readonly runs: number;
  readonly wallMs: number;
}

export interface SweepPage {
  readonly kind: 'sweep';
  readonly title: string;
  readonly kernel: PageKernel;
  readonly wallMs: number;
  readonly maps: readonly HeatMap[];
}

export interface PagePhase {
  readonly name: string;
  readonly title: string;
  readonly role: string;
  readonly verdict: FindingKind | null;
  readonly reason: string;
  readonly figures: readonly (readonly [what: string, value: string])[];
  readonly href: string | null;
}

export interface IncidentPage extends Headline {
  readonly kind: 'incident';
  readonly incident: string;
  readonly document: string;
  readonly story: string;
  readonly load: string;
  readonly phases: readonly PagePhase[];
  readonly claims: readonly PageClaim[];
  readonly chains: readonly Chain[];
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  }[];
  readonly repeat: readonly PageCommand[];
}

export type PageModel = RunPage | CataloguePage | SweepPage | IncidentPage | KernelsPage;
