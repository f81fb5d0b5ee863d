/** Writes report.html: the page model of a result, with the script and the styles that draw it. */
import { createHash } from 'node:crypto';
import { FILES } from '../domain/evidence.ts';
import type { IncidentVerdict } from '../domain/incident.ts';
import type { KernelsVerdict } from '../domain/kernels.ts';
import type { Sweep } from '../domain/sweep.ts';
import { readJsonLines } from '../evidence/json-lines.ts';
import { rawPacketsOf } from '../evidence/raw-packets.ts';
import { pageAsset } from '../package-files.ts';
import {
  besideIt,
  type CatalogueJson,
  cataloguePage,
  type LinkTo,
  PAGE_FILE,
} from '../report/page/catalogue-page.ts';
import { incidentPage } from '../report/page/incident-page.ts';
import { kernelsPage } from '../report/page/kernels-page.ts';
import { type PageAssets, pageHtml } from '../report/page/page-html.ts';
import { runPage } from '../report/page/run-page.ts';
import { sweepPage } from '../report/page/sweep-page.ts';
import type { Judgement } from '../reproduce.ts';
import { keepConclusion, readEvidence } from '../run-folder.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

let read: PageAssets | undefined;

/** Read once, and only by those who want a page. */
function assets(): PageAssets {
  if (read === undefined) {
    const [script, style] = [pageAsset('page.js'), pageAsset('page.css')];
    read = { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) };
  }
  return read;
}

/** A folder of the result, and the same as it is to be printed. */
export interface PageFolder {
  readonly folder: string;
  readonly printed: string;
}

/** The page of a judged run, whose folder is read again for its packets. */
export function runPageHtml(judgement: Judgement, { folder, printed }: PageFolder): string {
  const evidence = readEvidence(folder);
  const commands = readJsonLines(new TextDecoder().decode(evidence.get(FILES.commands)));
  const model = runPage({
    ...judgement,
    runFolder: printed,
    packets: rawPacketsOf(evidence, judgement.seen.plan.network.port),
    carriedOut: commands.values.flatMap(wordsOf),
  });
  return pageHtml(model, assets());
}

/** Of an entry of commands.jsonl; a damaged one is left out, and `problems` tells of damage. */
function wordsOf(entry: unknown): readonly (readonly string[])[] {
  const words = (entry as { readonly argv?: unknown } | null)?.argv;
  return Array.isArray(words) ? [words.map(String)] : [];
}

export const cataloguePageHtml = (json: CatalogueJson, linkTo?: LinkTo): string =>
  pageHtml(cataloguePage(json, linkTo), assets());

export const kernelsPageHtml = (verdict: KernelsVerdict, linkTo?: LinkTo): string =>
  pageHtml(kernelsPage(verdict, linkTo), assets());

export const sweepPageHtml = (sweep: Sweep, linkTo?: LinkTo): string =>
  pageHtml(sweepPage(sweep, linkTo), assets());

export const incidentPageHtml = (
  verdict: IncidentVerdict,
  story: string,
  { printed }: PageFolder,
  linkTo: LinkTo = besideIt,
): string => pageHtml(incidentPage(verdict, story, { runFolder: printed, linkTo }), assets());

/** Keeps a page in its folder. */
export function keepPage({ folder, printed }: PageFolder, html: string): void {
  if (!keepConclusion(folder, PAGE_FILE, html)) {
    process.stderr.write(`Cannot keep ${PAGE_FILE} in ${printed}.\n`);
  }
}

/** On stderr, because stdout may be for a program. */
export const tellPage = ({ printed }: PageFolder): boolean =>
  process.stderr.write(`Page  ${printed}/${PAGE_FILE}\n`);
