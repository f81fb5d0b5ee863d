import type { SwarmEvent } from '../domain/wire.ts';
import { fieldOf, type Shape, shapeProblem } from './json-shape.ts';

const OF_CLIENT = { monotonicMs: 'number', client: 'number' } as const;
const WITH_PORT = { ...OF_CLIENT, localAddress: 'string?', localPort: 'number?' } as const;

/** The fields each event must have to be told about; see domain/wire.ts for what they mean. */
const SHAPES: Readonly<Record<SwarmEvent['event'], Shape>> = {
  ready: { monotonicMs: 'number' },
  attempt: { ...OF_CLIENT, wave: 'string', reconnects: 'number?' },
  connected: WITH_PORT,
  'timed-out': { ...WITH_PORT, by: ['own-timer', 'kernel'] },
  refused: WITH_PORT,
  reset: { ...WITH_PORT, stage: ['connecting', 'before-data', 'after-data'] },
  failed: { ...WITH_PORT, stage: ['connecting', 'connected'], code: 'string' },
  sent: { ...OF_CLIENT, bytes: 'number' },
  received: { ...OF_CLIENT, bytes: 'number' },
  'read-timed-out': OF_CLIENT,
  'closed-by-server': OF_CLIENT,
  'closed-by-client': OF_CLIENT,
  'timed-out-by-kernel': OF_CLIENT,
  'wave-settled': { monotonicMs: 'number', wave: 'string' },
  'wave-sent': { monotonicMs: 'number', wave: 'string', clients: 'number' },
  'reconnecting-stopped': { monotonicMs: 'number' },
  released: { monotonicMs: 'number' },
};

const SHAPE_BY_NAME: ReadonlyMap<unknown, Shape> = new Map(Object.entries(SHAPES));

/**
 * The events among what a swarm process printed. A name this program does not know is a newer
 * client's and is let go; an event without the fields it needs is a problem.
 */
export const readSwarmEvents = (
  values: readonly unknown[],
): { events: SwarmEvent[]; problems: string[] } => {
  const events: SwarmEvent[] = [];
  const problems: string[] = [];
  for (const value of values) {
    const name = fieldOf(value, 'event');
    const shape = SHAPE_BY_NAME.get(name);
    if (shape === undefined) continue;
    const problem = shapeProblem(value, shape);
    if (problem === undefined) events.push(value as SwarmEvent);
    else problems.push(`An event '${name}' is unreadable: ${problem}`);
  }
  return { events, problems };
};
