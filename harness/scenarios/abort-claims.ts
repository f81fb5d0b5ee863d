/** What is judged of a full accept queue with tcp_abort_on_overflow 1, by the way it is met. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import type { Connection } from '../domain/tcp.ts';
import { type AbortWaves, abortWaves } from '../kernel/predict-abort.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { growth } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide } from '../verdict/testimony.ts';
import { clientsOf, connectionsOf } from '../verdict/waves.ts';

export const REQUESTS = 'requests';
export const COOKIES = 'cookies';
export const REFUSED = 'refused';

const RESET = 'RST: connection reset by peer';
const SILENCE = 'silence';

const wavesOf = ({ clients }: Parameters, { acceptQueueLimit }: Prediction): AbortWaves =>
  abortWaves(clients, acceptQueueLimit);

/** All of them, none, or how many; undefined where there was nobody. */
function wordOf(reset: number | undefined, all: number): string | undefined {
  if (reset === undefined || all === 0) return undefined;
  if (reset === 0) return SILENCE;
  return reset === all ? RESET : `${reset} RSTs for ${all} clients`;
}

const withReset = (connections: readonly Connection[]): number =>
  connections.filter(({ resets }) => resets.some(({ from }) => from === 'server')).length;

const resetClients = (seen: Observations, wave: string): number =>
  clientsOf(seen, wave).filter(
    ({ outcome, end }) => outcome.kind === 'reset' || end?.kind.startsWith('reset-') === true,
  ).length;

/** RSTs that no request is the reason for. */
const otherResets = (seen: Observations): number | undefined =>
  difference(growth(seen, 'server', 'OutRsts'), growth(seen, 'server', 'EmbryonicRsts'));

export const ackStage: Claim = {
  id: '001-c (ACK stage)',
  document: '001',
  statement:
    'With tcp_abort_on_overflow 1 an ACK that finds the accept queue full is answered with a RST; the client sees connection reset by peer.',
  notExercisedBecause: (parameters, prediction) =>
    wavesOf(parameters, prediction).requests > 0
      ? null
      : `no ACK finds the queue full; pass --clients ${prediction.acceptQueueCapacity + 1} or more`,
  judge: (seen, prediction) => {
    const { requests } = wavesOf(seen.plan.parameters, prediction);
    return decide({
      documented: `the ACK of a request that finds no place: ${RESET}`,
      documentedValue: RESET,
      statements: [
        {
          witness: 'clients',
          of: 'clients that were reset',
          value: wordOf(resetClients(seen, REQUESTS), requests),
        },
        {
          witness: 'packets',
          of: 'connections with a RST of the server',
          value: wordOf(withReset(connectionsOf(seen, REQUESTS)), requests),
        },
        {
          witness: 'counters',
          of: 'EmbryonicRsts of the server',
          value: wordOf(growth(seen, 'server', 'EmbryonicRsts'), requests),
        },
      ],
    });
  },
};

export const synStage: Claim = {
  id: '001-c (SYN stage)',
  document: '001',
  statement:
    'tcp_abort_on_overflow is about the ACK only: a SYN that finds the accept queue full is ignored, also with 1.',
  notExercisedBecause: (parameters, prediction) => {
    const { requests, refused } = wavesOf(parameters, prediction);
    if (requests < 2)
      return 'older kernels refuse a SYN only behind two requests; pass --backlog 2';
    return refused > 0
      ? null
      : `nobody comes to the full queue; pass --clients ${prediction.acceptQueueCapacity + 4} or more`;
  },
  judge: (seen, prediction) => {
    const { refused } = wavesOf(seen.plan.parameters, prediction);
    const unanswered = connectionsOf(seen, REFUSED).filter(({ state }) => state === 'unanswered');
    return decide({
      documented: `a SYN that finds no place: ${SILENCE}`,
      documentedValue: SILENCE,
      statements: [
        {
          witness: 'clients',
          of: 'clients that did not time out',
          value: wordOf(refused - timedOut(seen), refused),
        },
        {
          witness: 'packets',
          of: 'connections that were answered, be it with a RST',
          value: wordOf(refused - unanswered.length + withReset(unanswered), refused),
        },
        {
          witness: 'counters',
          of: 'OutRsts − EmbryonicRsts of the server',
          value: wordOf(otherResets(seen), refused),
        },
      ],
    });
  },
};

const timedOut = (seen: Observations): number =>
  clientsOf(seen, REFUSED).filter(({ outcome }) => outcome.kind === 'timed-out').length;

export const cookieStage: Claim = {
  id: '001-c (SYN cookie)',
  document: '001',
  statement:
    'With tcp_abort_on_overflow 1 an ACK with a SYN cookie that finds the accept queue full is answered with a RST, too.',
  notExercisedBecause: (parameters, prediction) =>
    wavesOf(parameters, prediction).cookies > 0
      ? null
      : `nobody has a SYN cookie; pass --clients ${prediction.acceptQueueCapacity + 3} or more`,
  judge: (seen, prediction) => {
    const { cookies } = wavesOf(seen.plan.parameters, prediction);
    return decide({
      documented: `an ACK with a SYN cookie that finds no place: ${RESET}`,
      documentedValue: RESET,
      statements: [
        {
          witness: 'clients',
          of: 'clients that were reset',
          value: wordOf(resetClients(seen, COOKIES), cookies),
        },
        {
          witness: 'packets',
          of: 'connections with a RST of the server',
          value: wordOf(withReset(connectionsOf(seen, COOKIES)), cookies),
        },
        {
          witness: 'counters',
          of: 'OutRsts − EmbryonicRsts of the server',
          value: wordOf(otherResets(seen), cookies),
        },
      ],
      otherRules: [{ rule: KERNEL_RULES.abortIsForRequests, value: SILENCE }],
    });
  },
};
