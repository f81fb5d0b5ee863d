import type { AgentReport, ClientWishes, ListenerWishes } from '../domain/agent.ts';
import { type Program, startProgram } from './program.ts';
import { serverCommand } from './server.ts';
import { swarmCommand } from './swarm.ts';

const FAMILY = 4;

const isOfListener = (wishes: ListenerWishes | ClientWishes): wishes is ListenerWishes =>
  'backlog' in wishes;

const commandFor = (wishes: ListenerWishes | ClientWishes): readonly string[] =>
  isOfListener(wishes)
    ? serverCommand({ ...wishes, family: FAMILY })
    : swarmCommand({ ...wishes, family: FAMILY, sourceAddresses: [] });

/** Starts the program in this container; its lines go to the observer as they are. */
export const startAgentProgram = (
  wishes: ListenerWishes | ClientWishes,
  say: (report: AgentReport) => void,
): Program =>
  startProgram({
    name: isOfListener(wishes) ? 'the server' : 'the client swarm',
    argv: commandFor(wishes),
    failure: isOfListener(wishes) ? 'SERVER_FAILED' : 'SWARM_FAILED',
    // It ends with the connection, which is all that an agent hears of an interruption.
    signal: new AbortController().signal,
    onLines: (lines) => say({ report: 'lines', lines }),
    onStderr: (text) => say({ report: 'stderr', text }),
  });
