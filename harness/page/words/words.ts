import type { ClientStatus } from '../../report/page/page-model.ts';
import type { ExplanationWords } from './explanation-words.ts';
import type { KernelsWords } from './kernels-words.ts';

/** Every word of the page itself. A language is one object of this type, so that none can lack one. */
export interface Words {
  /** For the `lang` attribute. */
  readonly language: string;
  readonly otherLanguage: string;
  readonly light: string;
  readonly dark: string;
  readonly sections: {
    readonly claims: string;
    readonly prediction: string;
    readonly timeline: string;
    readonly clients: string;
    readonly ladder: string;
    readonly setup: string;
    readonly counters: string;
    readonly ledger: string;
    readonly repeat: string;
    readonly surroundings: string;
    readonly sysctls: string;
    readonly carriedOut: string;
    readonly phases: string;
    readonly story: string;
  };
  readonly verdicts: Readonly<
    Record<'confirmed' | 'outdated' | 'contradicted' | 'inconclusive' | 'untested', string>
  >;
  readonly verdictMeanings: Readonly<
    Record<'confirmed' | 'outdated' | 'contradicted' | 'inconclusive', string>
  >;
  /** Of the claims of documents so many are outdated and so many confirmed. */
  readonly outdatedClaims: (outdated: readonly string[], all: number, confirmed: number) => string;
  readonly explanation: ExplanationWords;
  readonly jump: string;
  readonly claimsHint: string;
  /** What each document is about, by its number. */
  readonly subjects: Readonly<Record<string, string>>;
  readonly colon: string;
  readonly fullStop: string;
  readonly predictionHint: string;
  /** So many figures that were to be 0, and are. */
  readonly zeros: (figures: number) => string;
  readonly document: string;
  readonly documentSays: string;
  /** Where no document says it. */
  readonly expected: string;
  readonly measured: string;
  readonly predicted: string;
  readonly rule: string;
  readonly linux: string;
  readonly orOlder: string;
  readonly commit: string;
  readonly undecided: string;
  readonly remedy: string;
  readonly evidence: string;
  readonly witnesses: Readonly<
    Record<'clients' | 'packets' | 'counters' | 'sockets' | 'server' | 'trace', string>
  >;
  readonly figure: string;
  readonly result: string;
  readonly holds: string;
  readonly off: string;
  readonly unmeasured: string;
  readonly status: Readonly<Record<ClientStatus, string>>;
  readonly columns: {
    readonly client: string;
    readonly port: string;
    readonly outcome: string;
    readonly started: string;
    readonly arrived: string;
    readonly after: string;
    readonly syns: string;
    readonly refused: string;
    readonly place: string;
  };
  readonly all: string;
  readonly search: string;
  readonly searchHint: string;
  readonly shown: (shown: number, all: number) => string;
  readonly tableHint: string;
  readonly acceptQueue: string;
  readonly synQueue: string;
  /** Null: they changed. */
  readonly capacity: (places: number | null) => string;
  readonly queuesTitle: string;
  readonly countersTitle: string;
  /** All curves of a chart are the same one. */
  readonly allEqual: string;
  /** A refused SYN, by its client; null: nobody knows whose. */
  readonly refusedSynOf: (client: number | null) => string;
  readonly refusedSyns: string;
  readonly seconds: string;
  readonly timelineHint: string;
  readonly marksHint: string;
  /** How often somebody looked at the queues. */
  readonly looks: (everyMs: number) => string;
  readonly noTimeline: string;
  /** A figure of a chart with its highest value. */
  readonly atMost: (label: string, most: number) => string;
  readonly noClients: string;
  readonly client: string;
  readonly server: string;
  readonly ladderOf: (client: number) => string;
  readonly noLadder: string;
  readonly notEmbedded: (embedded: number, all: number) => string;
  readonly sampledNote: (embedded: number, all: number) => string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly zoomReset: string;
  readonly again: string;
  /** Of a SYN, where there is room for it. */
  readonly repeated: (gap: string) => string;
  readonly afterwards: (packets: number) => string;
  readonly afterGap: (gap: string) => string;
  /** Of a gap that is drawn shorter than it is. */
  readonly shortened: (gap: string) => string;
  readonly fates: Readonly<Record<'refused' | 'dropped', string>>;
  readonly segments: Readonly<Record<string, string>>;
  readonly packet: string;
  readonly packetHint: string;
  readonly noPacket: string;
  /** Seconds since its connection's first packet, and since the first client. */
  readonly packetTime: (own: string, ofRun: string) => string;
  readonly fields: {
    readonly time: string;
    readonly from: string;
    readonly to: string;
    readonly flags: string;
    readonly seq: string;
    readonly ack: string;
    readonly window: string;
    readonly payload: string;
    readonly length: string;
  };
  readonly identity: string;
  readonly left: string;
  readonly right: string;
  readonly statuses: Readonly<Record<'holds' | 'broken' | 'unknown' | 'not-applicable', string>>;
  readonly balanced: string;
  readonly unbalanced: string;
  readonly host: string;
  readonly counter: string;
  readonly rise: string;
  readonly meaning: string;
  readonly key: string;
  readonly asked: string;
  readonly found: string;
  readonly absent: string;
  readonly copy: string;
  readonly copied: string;
  readonly took: (seconds: string) => string;
  readonly runs: (runs: number, seconds: string) => string;
  readonly openRun: string;
  readonly acceptMap: string;
  readonly synMap: string;
  readonly mapHint: string;
  readonly compareWith: string;
  readonly withPrediction: string;
  readonly withDocuments: string;
  /** From exact to far off, as the classes heat-0 to heat-4. */
  readonly heat: readonly [string, string, string, string, string];
  readonly exactCells: (exact: number, all: number) => string;
  readonly chainOf: (client: number) => string;
  readonly levels: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<string, string>>;
  readonly wholeRun: string;
  readonly kernels: KernelsWords;
}
