import type { Observations } from '../domain/observations.ts';
import type { Identity, Ledger } from '../domain/verdict.ts';
import { eventsInWindow, traceObstacle } from '../verdict/trace-figures.ts';
import { hanging } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import { count } from './words.ts';

/** Whether the evidence can be trusted: do packets, counters, sockets and clients add up? */
export function evidenceSection(seen: Observations, ledger: Ledger, page: Page): readonly string[] {
  const { style } = page;
  return [
    ...hanging(`${style.bold('Ledger')}  `, ledgerWords(ledger, page), page.widthColumns),
    ...identityLines(ledger, page),
    ...traceLines(seen, page),
    ...seen.problems.flatMap(({ file, problem }) =>
      hanging(`${style.bold('Damage')}  `, style.red(`${file}: ${problem}`), page.widthColumns),
    ),
  ];
}

/** What only claims about kernel probes rest on need not be read by everybody. */
const traceLines = (seen: Observations, page: Page): readonly string[] =>
  page.verbose || (seen.trace !== undefined && traceObstacle(seen) !== undefined)
    ? hanging(`${page.style.bold('Trace')}   `, traceWords(seen), page.widthColumns)
    : [];

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

const BLIND_SPOT = 'a refused SYN fires no drop event since Linux 4.7, so no such probe sees it';

function traceWords(seen: Observations): string {
  if (seen.trace === undefined) {
    const why = seen.cluster === undefined ? 'need root' : 'are not to be had in its containers';
    return `not taken: kernel trace events ${why}; only claims about a kernel probe need them`;
  }
  const counts = new Map<string, number>();
  for (const { name } of eventsInWindow(seen)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const events = [...counts].map(([name, number]) => `${name} ${number}`).join(', ');
  const doubt = traceObstacle(seen);
  const reservation = doubt === undefined ? '' : ` (${doubt.reason})`;
  return `kernel events: ${events === '' ? 'none' : events}${reservation}; ${BLIND_SPOT}`;
}
