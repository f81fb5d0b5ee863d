import type { Observations, TraceEvent } from '../domain/observations.ts';
import type { Identity, Ledger } from '../domain/verdict.ts';
import { closing, opening } from '../verdict/figures.ts';
import { hanging } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import { count } from './words.ts';

/** Whether the evidence can be trusted: do packets, counters, sockets and clients add up? */
export function evidenceSection(seen: Observations, ledger: Ledger, page: Page): readonly string[] {
  const { style } = page;
  return [
    ...hanging(`${style.bold('Ledger')}  `, ledgerWords(ledger, page), page.widthColumns),
    ...identityLines(ledger, page),
    ...hanging(`${style.bold('Trace')}   `, traceWords(seen), page.widthColumns),
    ...seen.problems.flatMap(({ file, problem }) =>
      hanging(`${style.bold('Damage')}  `, style.red(`${file}: ${problem}`), page.widthColumns),
    ),
  ];
}

function ledgerWords({ balanced, identities }: Ledger, { style }: Page): string {
  const holding = identities.filter(({ status }) => status === 'holds').length;
  const unbound = identities.filter(({ status }) => status === 'not-applicable').length;
  const rest = unbound === 0 ? '' : ` (${unbound} ${unbound === 1 ? 'does' : 'do'} not apply)`;
  const tally = `${holding} of ${count(identities.length - unbound, 'identity').replace(/ys$/, 'ies')} hold${rest}`;
  return balanced
    ? `${style.green('balanced')}: ${tally}`
    : `${style.red('NOT BALANCED')}: ${tally}`;
}

function identityLines({ identities }: Ledger, page: Page): readonly string[] {
  const shown = page.verbose
    ? identities
    : identities.filter(({ status }) => status === 'broken' || status === 'unknown');
  return shown.flatMap((identity) =>
    hanging(
      `${INDENT.repeat(2)}${statusWord(identity, page)} `,
      identityWords(identity),
      page.widthColumns,
    ),
  );
}

function statusWord({ status }: Identity, { style }: Page): string {
  switch (status) {
    case 'holds':
      return style.green('holds  ');
    case 'broken':
      return style.red('BROKEN ');
    case 'unknown':
      return style.cyan('unknown');
    case 'not-applicable':
      return style.dim('n/a    ');
  }
}

function identityWords(identity: Identity): string {
  const { name, leftIs, left, rightIs, right, status, note } = identity;
  const why = status === 'not-applicable' && note !== undefined ? ` (${note})` : '';
  return `${name}: ${leftIs} ${left ?? 'unknown'}, ${rightIs} ${right ?? 'unknown'}${why}`;
}

const NO_DROP_EVENT = 'a refused SYN fires no drop event since Linux 4.7';

function traceWords(seen: Observations): string {
  if (seen.trace === undefined) {
    return 'not taken: kernel trace events need root; the verdict does not depend on them';
  }
  const fromMs = opening(seen)?.atMs ?? -Infinity;
  const toMs = closing(seen)?.atMs ?? Infinity;
  const counts = new Map<string, number>();
  const ports = new Set(seen.connections.map(({ clientPort }) => `${clientPort}`));
  for (const event of seen.trace) {
    if (event.atMs < fromMs || event.atMs > toMs || !isOurs(event, ports)) continue;
    counts.set(event.name, (counts.get(event.name) ?? 0) + 1);
  }
  const events = [...counts].map(([name, number]) => `${name} ${number}`).join(', ');
  return `kernel events: ${events === '' ? 'none' : events}; ${NO_DROP_EVENT}`;
}

/** The trace is of the whole machine: a second run at the same time uses the same server port. */
function isOurs({ fields }: TraceEvent, clientPorts: ReadonlySet<string>): boolean {
  const clientPort = fields['dport'] ?? fields['dest']?.split(':').at(-1);
  return clientPort === undefined || clientPorts.has(clientPort);
}
