import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { connectToAgent } from '../../../harness/collect/remote-agent.ts';
import { startRemotely } from '../../../harness/collect/remote-program.ts';
import {
  type AgentReport,
  type AgentRequest,
  CONTROL_PORT,
} from '../../../harness/domain/agent.ts';

/** A loopback address of this test's own, since all agents have one port. */
const ADDRESS = '127.98.7.1';
const { signal } = new AbortController();

const HELLO: AgentReport = {
  report: 'hello',
  role: 'client',
  harnessVersion: '1.2.3',
  container: 'other',
  kernelRelease: '6.18.0',
  clockId: 'one',
  networkNamespace: 'net:[1]',
  addresses: [{ interface: 'eth0', address: ADDRESS, prefixBits: 24 }],
  mostClients: 100,
};

const say = (socket: Socket, report: AgentReport): void =>
  void socket.write(`${JSON.stringify(report)}\n`);

type Behaviour = (request: AgentRequest, socket: Socket) => void;

const answersClocks: Behaviour = (request, socket) => {
  if (request.request === 'clock') say(socket, { report: 'answer', id: request.id, answer: 1 });
};

/** Another end that greets, and behaves so to each request. */
async function useOther(behave: Behaviour): Promise<{ readonly requests: readonly string[] }> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    say(socket, HELLO);
    createInterface({ input: socket }).on('line', (line) => {
      const request = JSON.parse(line) as AgentRequest;
      requests.push(request.request);
      behave(request, socket);
    });
  });
  server.listen(CONTROL_PORT, ADDRESS);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { requests };
}

test('an agent is asked at once, so that it knows who has come', async () => {
  const { requests } = await useOther(answersClocks);
  await using agent = await connectToAgent(ADDRESS, signal);
  expect(agent?.greeting).toEqual(HELLO);
  expect(requests).toEqual(['clock']);
});

test('nobody is there', async () => {
  expect(await connectToAgent(ADDRESS, signal)).toBeUndefined();
});

test.each([
  ['is cut off', '{"report":"li'],
  ['no agent has written', '7'],
])('a line that %s ends the connection, which is told', async (_, text) => {
  await useOther((request, socket) => {
    answersClocks(request, socket);
    if (request.request === 'finish') socket.end(text);
  });
  await using agent = await connectToAgent(ADDRESS, signal);
  agent?.send({ request: 'finish', withinMs: 0 });
  await expect(agent?.unexpectedEnd).rejects.toMatchObject({
    code: 'SANDBOX_ENDED',
    message: expect.stringContaining(`The connection to the client container other (${ADDRESS})`),
  });
});

test('a program ends when its agent says nothing of it any more', async () => {
  const { requests } = await useOther((request, socket) => {
    answersClocks(request, socket);
    if (request.request === 'finish') say(socket, { report: 'finishing' });
  });
  await using agent = await connectToAgent(ADDRESS, signal);
  if (agent === undefined) throw new Error('It has greeted.');
  const start = startRemotely(agent, { address: ADDRESS, port: 9_999 });
  const program = start({ name: 'the swarm', failure: 'SWARM_FAILED', signal });
  await program.finish('end-of-input', 10);
  expect(requests).toEqual(['clock', 'start', 'finish']);
  await expect(agent.unexpectedEnd).rejects.toMatchObject({ code: 'SANDBOX_ENDED' });
});
