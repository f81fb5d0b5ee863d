/** What is judged of fooled clients that probe: 000-c. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import type { ClientStory, Connection } from '../domain/tcp.ts';
import { growth } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { clientsOf, connectionsOf } from '../verdict/waves.ts';
import { answers, forgottenBetweenMs, nobodyFooled, wavesOf } from './held-clients.ts';

/** They probe while their requests wait in the SYN queue. */
export const BELIEVERS = 'believers';
/** They probe only when their requests are forgotten. */
export const DOUBTERS = 'doubters';

/** Half of the fooled clients each; a single one doubts. */
export function keepaliveWaves(parameters: Parameters): {
  readonly believers: number;
  readonly doubters: number;
} {
  const { held } = wavesOf(parameters);
  const believers = Math.floor(held / 2);
  return { believers, doubters: held - believers };
}

const probesOf = ({ bareAcks, synAcks }: Connection): readonly number[] =>
  bareAcks
    .filter(({ keepAliveProbe }) => keepAliveProbe)
    .map(({ atMs }) => atMs - (synAcks[0]?.atMs ?? 0));

type Answer = 'RST' | 'ACK' | 'nothing';

function answerTo(probeMs: number, { synAcks, resets, bareAcks }: Connection): Answer {
  const atMs = probeMs + (synAcks[0]?.atMs ?? 0);
  if (answers(atMs, resets)) return 'RST';
  return answers(atMs, bareAcks) ? 'ACK' : 'nothing';
}

/** What the server answers to the probes for which `counts` is true, each answer named once. */
function answersTo(
  connections: readonly Connection[],
  counts: (probeMs: number) => boolean,
): string | undefined {
  const given = connections.flatMap((connection) =>
    probesOf(connection)
      .filter(counts)
      .map((probeMs) => answerTo(probeMs, connection)),
  );
  return given.length === 0 ? undefined : `answered with ${[...new Set(given)].join(' and ')}`;
}

const RESET: string = 'answered with RST';
const ACKNOWLEDGED: string = 'answered with ACK';
const IGNORED: string = 'answered with nothing';

const fooledStories = (seen: Observations): readonly ClientStory[] => [
  ...clientsOf(seen, DOUBTERS),
  ...clientsOf(seen, BELIEVERS),
];

/** A client that waits no longer for an answer has nothing to say of the end. */
function resetsByClients(seen: Observations): string | undefined {
  const ends = fooledStories(seen).flatMap(({ end }) => end?.kind ?? []);
  if (ends.includes('read-timed-out')) return undefined;
  if (ends.every((end) => end === 'timed-out-by-kernel')) return IGNORED;
  return ends.every((end) => end === 'reset-before-data') ? RESET : ends.join(', ');
}

function resetsByCounters(seen: Observations, held: number): string | undefined {
  const resets = growth(seen, 'server', 'OutRsts');
  if (resets === undefined) return undefined;
  if (resets === 0) return IGNORED;
  return resets === held ? RESET : `${resets} RSTs for ${held} clients`;
}

export const resetOnceForgotten: Claim = {
  id: '000-c',
  document: '000',
  statement:
    'When the server has forgotten the request, the client’s next segment, a keepalive probe, is answered with RST.',
  notExercisedBecause: nobodyFooled,
  judge: (seen, prediction) => {
    const [, forgottenMs] = forgottenBetweenMs(prediction);
    const fooled = [...connectionsOf(seen, DOUBTERS), ...connectionsOf(seen, BELIEVERS)];
    return decide({
      documented: RESET,
      documentedValue: RESET,
      statements: [
        {
          witness: 'packets',
          of: 'probes for forgotten requests',
          value: answersTo(fooled, (probeMs) => probeMs > forgottenMs),
        },
        { witness: 'clients', of: 'ends of the fooled clients', value: resetsByClients(seen) },
        {
          witness: 'counters',
          of: 'OutRsts of the server',
          value: resetsByCounters(seen, wavesOf(seen.plan.parameters).held),
        },
      ],
    });
  },
};

/** The client's program is told nothing: it lives on until the request is gone. */
function beliefByClients(seen: Observations, prediction: Prediction): string | undefined {
  const [forgottenMs] = forgottenBetweenMs(prediction);
  const ends = clientsOf(seen, BELIEVERS).flatMap(({ end, startedAtMs }) =>
    end?.kind === 'reset-before-data' ? [end.atMs - startedAtMs] : [],
  );
  if (ends.length === 0) return undefined;
  return ends.every((afterMs) => afterMs >= forgottenMs) ? ACKNOWLEDGED : RESET;
}

/**
 * What the server has sent beyond SYN-ACKs and RSTs are ACKs. TCPKeepAlive counts the probes, of
 * which the last of each fooled client drew a RST; if that were so of the first, no ACK was sent.
 */
function beliefByCounters(seen: Observations): string | undefined {
  const [sent, repeated, resets] = (['OutSegs', 'TCPSynRetrans', 'OutRsts'] as const).map(
    (counter) => growth(seen, 'server', counter),
  );
  const opened = growth(seen, 'client', 'ActiveOpens');
  const probes = growth(seen, 'client', 'TCPKeepAlive');
  if (sent === undefined || repeated === undefined || resets === undefined) return undefined;
  if (opened === undefined || probes === undefined) return undefined;
  const acknowledged = sent - opened - repeated - resets;
  const early = probes - resets;
  if (acknowledged !== early) return `${acknowledged} ACKs for ${early} probes`;
  return early > 0 ? ACKNOWLEDGED : RESET;
}

export const believedWhileRequested: Claim = {
  id: '000-c (SYN-RECV)',
  document: '000',
  statement:
    'While the server still waits for the final ACK, a keepalive probe is answered with an ACK: keepalive believes in a connection that does not exist.',
  notExercisedBecause: (parameters, prediction) =>
    nobodyFooled(parameters, prediction) ??
    (keepaliveWaves(parameters).believers === 0
      ? `nobody probes so early: pass --clients ${prediction.acceptQueueCapacity + 2} or more`
      : null),
  judge: (seen, prediction) => {
    const [forgottenMs] = forgottenBetweenMs(prediction);
    return decide({
      documented: ACKNOWLEDGED,
      documentedValue: ACKNOWLEDGED,
      statements: [
        {
          witness: 'packets',
          of: 'probes for requests in SYN-RECV',
          value: answersTo(connectionsOf(seen, BELIEVERS), (probeMs) => probeMs < forgottenMs),
        },
        {
          witness: 'clients',
          of: 'lives of the clients that probe early',
          value: beliefByClients(seen, prediction),
        },
        {
          witness: 'counters',
          of: 'OutSegs and OutRsts of the server, TCPKeepAlive of the client',
          value: beliefByCounters(seen),
        },
      ],
    });
  },
};
