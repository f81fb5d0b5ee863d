import { meaningOf } from '../../report/counter-meanings.ts';
import { ENGLISH_LADDER } from '../../report/ladder-words.ts';
import { count } from '../../report/words.ts';
import { ENGLISH_FIRST_STEPS } from './english-first-steps.ts';
import { ENGLISH_LATER_STEPS } from './english-later-steps.ts';
import type { DemoTexts, EndWords, KeyWords, PageWords, PlainWords, ResultWords } from './texts.ts';

const page: PageWords = {
  demo: 'backlog-lab demo',
  stepOf: (step, steps, title) => `Step ${step} of ${steps}: ${title}`,
  screenOf: (screen, screens) => `screen ${screen} of ${screens}`,
  heading: (title, place) => (place === undefined ? `${title}.` : `${title}, ${place}.`),
  resultTitle: 'What happened',
  more: 'more on the next screen',
  pictureOf: {
    beginning: 'Where the experiment begins',
    later: 'At the moment that the question is about',
  },
  question: 'Question',
  chooseNow: 'Answer with 1, 2 or 3, or press n to see what happens.',
  running: (scenario, kernel) => `Running ${scenario} on this kernel, ${kernel}.`,
  elapsed: (seconds) => `${seconds} s so far; the timers of the kernel decide how long it takes.`,
  cancelHint: 'p ends the run and goes back.',
  stopping: 'Ending the run. Nothing of it will be left.',
};

const result: ResultWords = {
  youSaid: (choice) => `You said: ${choice}.`,
  right: 'That is what happened.',
  wrong: 'It happened otherwise.',
  kernelDid: (kernel, choice) => `What Linux ${kernel} did: ${choice}.`,
  soSay: (witnesses) => `So say the ${witnesses.join(', the ')}.`,
  witness: {
    clients: 'clients',
    packets: 'packets',
    counters: 'counters',
    sockets: 'socket tables',
    server: 'server program',
    trace: 'kernel trace',
  },
  undecided: 'The evidence does not decide the question, for the witnesses do not agree:',
  saysChoice: (witness, choice) => `${witness}: ${choice}`,
  somethingElse: 'none of these',
  noStatement: 'no statement',
  otherwise: (expected) =>
    `This page expected something else: ${expected}. What counts is what this kernel did; the documents at the end of this step say by which rule.`,
  expectedBecause: 'Why the page expected it:',
  inconclusive: (reason) => `Beware, this run proves nothing: ${reason}`,
  tally: ({ connected, timedOut, refused, reset, fooled, closedByServer }) => {
    const parts: readonly (readonly [number, string])[] = [
      [connected, `${connected} connected`],
      [fooled, `${fooled} of them fooled`],
      [reset, `${reset} of them reset later`],
      [closedByServer, `${closedByServer} of them closed by the server`],
      [timedOut, `${timedOut} timed out`],
      [refused, `${refused} refused`],
    ];
    const said = parts.filter(([number]) => number > 0).map(([, words]) => words);
    return `Attempts to connect: ${said.join(', ')}.`;
  },
  ladderTitle: (client) => `Packets of client ${client} (seconds; client left, server right)`,
  timelineTitle: 'How full the accept queue was (seconds since the first client)',
  queuesTitle: 'Both queues at the end of the run',
  countersTitle: 'Kernel counters, and by how much they grew',
  counterMissing: 'not known',
  counterMeaning: (host, counter) => meaningOf(host, counter) ?? '',
  documentsTitle: 'What the documents say, and the verdict on it',
  verdict: {
    confirmed: 'CONFIRMED',
    outdated: 'OUTDATED',
    contradicted: 'CONTRADICTED',
    inconclusive: 'INCONCLUSIVE',
  },
  documentSays: 'document says',
  measured: 'measured',
  rule: (statement, since, commit) =>
    `${statement} (since Linux ${since}${commit === null ? '' : `, commit ${commit}`})`,
  notTested: (claims) => `Not tested with these numbers: ${claims.join(', ')}`,
  besides: (claims) => `Tested besides: ${claims.join(', ')}`,
  beside: (id, verdict, step) =>
    `${id} ${verdict}${step === undefined ? '' : ` (see step ${step})`}`,
  quotesFindings: true,
  ofThisStep: (verdict) => `On what this step is about: ${verdict}`,
  otherNumbers: (backlog, clients) =>
    `With the numbers that you chose it ends otherwise. The following is about a backlog of ${backlog} and ${clients} clients:`,
  again: 'The same run by itself:',
  failed: (message) => `There is no result. ${message}`,
  remedy: (remedy) => `What to do: ${remedy}. e asks for other numbers, r tries again.`,
};

const end: EndWords = {
  title: 'The end of the workshop',
  introduction: 'What this kernel did in each step, and the verdict on what documents say of it:',
  notRun: 'not run',
  line: (title, did, verdict) => `${title}: ${did}. ${verdict}`,
  left: (step, steps, runs) =>
    `The demo was left at step ${step} of ${steps}, after ${count(runs, 'finished run')}. Its runs have left nothing behind.`,
  goOn: (command) => `To go on there: ${command}`,
  next: [
    'On a server of your own: npm run repro -- --server-command COMMAND --port PORT',
    'All documented statements: npm run repro -- verify',
    'Exercises: WORKSHOP.md',
  ],
};

const keys: KeyWords = {
  helpTitle: 'Keys',
  help: [
    ['n, right arrow, Enter', 'next screen; starts the run of a step'],
    ['p, left arrow', 'back; ends a run'],
    ['1, 2, 3 (or a, b, c)', 'answers the question and starts the run'],
    ['r', 'makes the run of this step again'],
    ['e', 'makes it again with another backlog and number of clients'],
    ['g', 'goes to another step'],
    ['l', 'changes the language (中文)'],
    ['?', 'this page'],
    ['q, Ctrl-C', 'leaves, at any time; nothing is left behind'],
  ],
  introduction: 'n next  p back  1-3 answer  e other numbers  g go to  l 中文  ? help  q quit',
  running: 'p end the run  l 中文  ? help  q quit',
  result: 'n next  p back  r again  e other numbers  g go to  l 中文  ? help  q quit',
  end: 'p back  g go to  l 中文  ? help  q quit',
  helpPage: 'any key: back  q quit',
  ask: 'Enter takes it  Esc back  q quit',
};

const plain: PlainWords = {
  segment: ({ from, what, bytes, retransmission, fate }, seconds) => {
    const other = from === 'client' ? 'server' : 'client';
    const thing = bytes === undefined ? what : count(bytes, 'byte');
    const ends = {
      taken: '',
      refused: ' It is refused: nothing comes back.',
      dropped: ' It is dropped: the queue is full.',
    };
    return `${seconds} s: the ${from} sends ${thing}${retransmission ? ' again' : ''} to the ${other}.${ends[fate]}`;
  },
  note: (atServer, says, seconds) =>
    `${seconds} s, at the ${atServer ? 'server' : 'client'}: ${says}.`,
  level: (length, seconds) =>
    seconds === null
      ? `Before the first client the accept queue holds ${length}.`
      : `From ${seconds} s on the accept queue holds ${length}.`,
  refusals: ({ syns, clients, each }, firstSeconds, lastSeconds) => {
    const when =
      firstSeconds === lastSeconds
        ? `at ${firstSeconds} s`
        : `from ${firstSeconds} s to ${lastSeconds} s`;
    const whose = `of ${count(clients, 'client')}${each === undefined || clients === 1 ? '' : `, ${each} each`}`;
    return `${count(syns, 'refused SYN')} ${whose}, ${when}.`;
  },
  counter: (host, counter, by, meaning) => {
    const what = `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}`;
    return `${what}: ${by === '0' ? 'none' : by} (${counter} of the ${host}).`;
  },
};

export const ENGLISH: DemoTexts = {
  steps: { ...ENGLISH_FIRST_STEPS, ...ENGLISH_LATER_STEPS },
  page,
  queues: {
    client: 'client',
    program: 'program',
    synQueue: 'SYN queue',
    acceptQueue: 'accept queue',
    requests: 'answered, no ACK yet',
    connections: 'handshake finished',
    held: (length) => `${length ?? '?'} waiting`,
    heldOf: (length, places = Infinity) => {
      if (places === Infinity) return `${length} of ?`;
      return length >= places ? `${length} of ${places}: full` : `${length} of ${places}`;
    },
    sentence: (synQueue, acceptQueue, places) =>
      `The SYN queue holds ${synQueue ?? 'an unknown number of requests'}, the accept queue ${acceptQueue}${places === undefined ? '; how many it can hold is the question' : ` of at most ${places}`}.`,
  },
  result,
  end,
  ask: {
    title: 'The run of this step with other numbers',
    backlog: (now, most) => `Backlog, 1 to ${most} (now ${now})`,
    clients: (now, most) => `Clients, 1 to ${most} (now ${now})`,
    outOfRange: (most) => `That has to be a whole number from 1 to ${most}.`,
    hint: 'Type a number and press Enter. Enter alone keeps what is there.',
    jumpTitle: 'Go to which step?',
    jump: 'Step',
    jumpOutOfRange: (steps) => `There are the steps 1 to ${steps}.`,
  },
  keys,
  plain,
  ladder: ENGLISH_LADDER,
  timeline: {
    synQueue: 'SYN queue',
    atMost: (length) => `at most ${length}`,
    refusedSyns: (syns) => count(syns, 'refused SYN'),
    fullAt: (capacities) => `full at ${capacities.join(', later ')}`,
  },
  claim: (_id, statement) => statement,
  kernelRule: (_id, statement) => statement,
};
