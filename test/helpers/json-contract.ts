/** What a value must be: a kind of value, the words it may be, a list of one shape, or an object's fields. */
export type Contract =
  | 'string'
  | 'number'
  | 'number|string'
  | 'boolean'
  | 'string|null'
  | 'number|null'
  | 'boolean|null'
  | 'object'
  | 'object|null'
  | readonly ['one of', ...(readonly unknown[])]
  | readonly ['list of', Contract]
  | { readonly [field: string]: Contract };

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'absent';
  return value === null ? 'null' : typeof value;
};

/** Where a value breaks the contract, as sentences; fields beyond it are allowed. */
export function breaches(value: unknown, contract: Contract, path = '$'): string[] {
  const kind = kindOf(value);
  if (typeof contract === 'string') {
    return contract.split('|').includes(kind) ? [] : [`${path} is ${kind}, not ${contract}`];
  }
  if (isOneOf(contract)) return contract.includes(value, 1) ? [] : [`${path} is ${value}`];
  if (isListOf(contract)) {
    return Array.isArray(value)
      ? value.flatMap((item, index) => breaches(item, contract[1], `${path}[${index}]`))
      : [`${path} is ${kind}, not a list`];
  }
  return kind === 'object'
    ? inFields(Object(value), contract, path)
    : [`${path} is ${kind}, not an object`];
}

function inFields(
  value: object,
  contract: Readonly<Record<string, Contract>>,
  path: string,
): string[] {
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(contract).flatMap(([field, inner]) =>
    breaches(fields.get(field), inner, `${path}.${field}`),
  );
}

const isOneOf = (contract: Contract): contract is readonly ['one of', ...(readonly unknown[])] =>
  Array.isArray(contract) && contract[0] === 'one of';

const isListOf = (contract: Contract): contract is readonly ['list of', Contract] =>
  Array.isArray(contract) && contract[0] === 'list of';

const VERDICT: Contract = ['one of', 'confirmed', 'outdated', 'contradicted', 'inconclusive'];

/** One run as `--json` prints it: schemaVersion 1. */
export const RUN_CONTRACT: Contract = {
  schemaVersion: ['one of', 1],
  scenario: 'string',
  verdict: VERDICT,
  claims: [
    'list of',
    {
      id: 'string',
      claim: 'string',
      verdict: VERDICT,
      documented: 'string',
      observed: 'string|null',
      rule: 'object|null',
    },
  ],
  parameters: { backlog: 'number', clients: 'number', connectTimeoutMs: 'number' },
  kernel: { release: 'string' },
  sandbox: 'string',
  prediction: {
    acceptQueueCapacity: 'number',
    connected: 'number|null',
    timedOut: 'number|null',
  },
  outcomes: {
    connected: 'number',
    timedOut: 'number',
    refused: 'number',
    reset: 'number',
    failed: 'number',
  },
  listener: {
    acceptQueueLength: 'number|null',
    acceptQueueLimit: 'number|null',
    synQueueLength: 'number|null',
  },
  counters: {
    server: { ListenOverflows: 'number', ListenDrops: 'number' },
    client: { TCPSynRetrans: 'number' },
  },
  wire: {
    syns: 'number',
    synRetransmissions: 'number',
    synAcks: 'number',
    refusedSyns: 'number',
    rsts: 'number',
  },
  ledger: {
    balanced: 'boolean',
    identities: [
      'list of',
      { name: 'string', left: 'number|null', right: 'number|null', holds: 'boolean|null' },
    ],
  },
  clients: [
    'list of',
    { client: 'number', localPort: 'number|null', outcome: 'string', afterMs: 'number|null' },
  ],
  runFolder: 'string',
};

const FOUND: Contract = {
  verdict: VERDICT,
  documented: 'string',
  observed: 'string|null',
  rule: 'object|null',
  reason: 'string|null',
  remedy: 'string|null',
};

/** The catalogue as `verify --json` prints it: schemaVersion 1. */
export const VERIFY_CONTRACT: Contract = {
  schemaVersion: ['one of', 1],
  kernel: { release: 'string', architecture: 'string', distribution: 'string' },
  profile: ['one of', 'default', 'documented'],
  claims: [
    'list of',
    {
      id: 'string',
      document: 'string',
      claim: 'string',
      ...FOUND,
      findings: [
        'list of',
        { scenario: 'string', variant: 'string', ...FOUND, runFolder: 'string|null' },
      ],
    },
  ],
  scenarios: ['list of', { scenario: 'string', variant: 'string', tookMs: 'number' }],
  totals: {
    confirmed: 'number',
    outdated: 'number',
    contradicted: 'number',
    inconclusive: 'number',
  },
  wallMs: 'number',
  longestScenarioMs: 'number',
};

/** The table as `servers --json` prints it: schemaVersion 1. */
export const SERVERS_CONTRACT: Contract = {
  schemaVersion: ['one of', 1],
  kernel: 'string',
  somaxconn: 'number|null',
  clients: 'number',
  wallMs: 'number',
  servers: [
    'list of',
    {
      server: 'string',
      title: 'string',
      version: 'string|null',
      program: 'string',
      package: 'string',
      defaultBacklog: 'number|string',
      howToChange: 'string',
    },
  ],
  runs: [
    'list of',
    {
      id: 'string',
      server: 'string',
      version: 'string',
      command: 'string',
      backlog: { asked: 'number|string', setting: 'string|null' },
      acceptQueueLimit: 'number|null',
      asKnown: 'boolean|null',
      places: 'number|null',
      refusedFromClient: 'number|null',
      frozen: 'object|null',
      burst: 'object|null',
      problem: 'string|null',
      runFolder: 'string|null',
    },
  ],
};

/** The comparison as `kernels --json` prints it: schemaVersion 1. */
export const KERNELS_CONTRACT: Contract = {
  schemaVersion: ['one of', 1],
  profile: ['one of', 'default', 'documented'],
  strict: 'boolean',
  kernels: ['list of', { kind: ['one of', 'judged', 'failed'], name: 'string', wallMs: 'number' }],
  claims: [
    'list of',
    {
      id: 'string',
      document: 'string',
      claim: 'string',
      differs: 'boolean',
      unexplained: 'boolean',
      explanation: ['list of', { id: 'string', statement: 'string', since: 'string' }],
      cells: ['list of', 'object|null'],
    },
  ],
  rules: ['list of', { rule: 'object', standings: ['list of', 'string'] }],
  wallMs: 'number',
  folder: 'string',
};
