/** `report <folder>`: one HTML file that shows a stored run, an incident, a catalogue, several or a sweep. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CATALOGUE_FILE } from '../domain/catalogue.ts';
import { FILES } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { KERNELS_FILE, type KernelsVerdict } from '../domain/kernels.ts';
import type { Sweep } from '../domain/sweep.ts';
import { makeFolders } from '../make-folders.ts';
import { type CatalogueJson, type LinkTo, PAGE_FILE } from '../report/page/catalogue-page.ts';
import { judgeEvidence } from '../reproduce.ts';
import { readEvidence } from '../run-folder.ts';
import { EXIT } from './exit-code.ts';
import { isIncidentFolder, judgedIncident, runFoldersIn } from './judge-incident-again.ts';
import {
  cataloguePageHtml,
  incidentPageHtml,
  keepPage,
  kernelsPageHtml,
  runPageHtml,
  sweepPageHtml,
} from './report-page.ts';
import { shortened } from './run.ts';
import { print } from './terminal.ts';

const SWEEP_FILE = 'sweep.json';

/** `output`: undefined for report.html in the folder. Throws `EVIDENCE_UNREADABLE`. */
export function writeReport(given: string, output: string | undefined): number {
  const folder = path.resolve(given);
  const file = path.resolve(output ?? path.join(folder, PAGE_FILE));
  const made = modelOf(folder);
  // An index links to the pages of its runs, and that of several kernels to the index of each.
  for (const catalogue of catalogueFoldersIn(folder)) {
    writeRunPages(catalogue);
    keepPage(placeOf(catalogue), modelOf(catalogue)(linksFrom(catalogue, catalogue)));
  }
  if (!isRunFolder(folder)) writeRunPages(folder);
  write(file, made(linksFrom(path.dirname(file), folder)));
  print(`${shortened(file)}\n`);
  return EXIT.good;
}

const isRunFolder = (folder: string): boolean => existsSync(path.join(folder, FILES.plan));

/** To the pages that are there. */
const linksFrom =
  (from: string, folder: string): LinkTo =>
  (name) => {
    const page = path.join(folder, name, PAGE_FILE);
    if (!existsSync(page)) return null;
    return path.relative(from, page).split(path.sep).map(encodeURIComponent).join('/');
  };

/** What the folder holds, read before anything is written. */
function modelOf(folder: string): (linkTo: LinkTo) => string {
  if (isRunFolder(folder)) return ofRun(folder);
  if (isIncidentFolder(folder)) {
    const { incident, verdict } = judgedIncident(folder);
    return (linkTo) => incidentPageHtml(verdict, incident.scenario.story, placeOf(folder), linkTo);
  }
  if (existsSync(path.join(folder, KERNELS_FILE))) {
    const verdict = stored<KernelsVerdict>(folder, KERNELS_FILE, 'claims');
    return (linkTo) => kernelsPageHtml(verdict, linkTo);
  }
  if (existsSync(path.join(folder, CATALOGUE_FILE))) {
    const json = stored<CatalogueJson>(folder, CATALOGUE_FILE, 'claims');
    return (linkTo) => cataloguePageHtml(json, linkTo);
  }
  if (existsSync(path.join(folder, SWEEP_FILE))) {
    const sweep = stored<Sweep>(folder, SWEEP_FILE, 'cells');
    return (linkTo) => sweepPageHtml(sweep, linkTo);
  }
  // Says why it is none.
  return ofRun(folder);
}

function ofRun(folder: string): () => string {
  const html = pageOfRun(folder);
  return () => html;
}

const placeOf = (folder: string) => ({ folder, printed: shortened(folder) });

const pageOfRun = (folder: string): string =>
  runPageHtml(judgeEvidence(readEvidence(folder)), placeOf(folder));

/** Of a folder of several kernels: those that have come to a verdict. */
const catalogueFoldersIn = (folder: string): readonly string[] =>
  existsSync(path.join(folder, KERNELS_FILE))
    ? readdirSync(folder)
        .map((name) => path.join(folder, name))
        .filter((inner) => existsSync(path.join(inner, CATALOGUE_FILE)))
    : [];

/** A run that cannot be read has no page, and must not cost the others theirs. */
function writeRunPages(folder: string): void {
  for (const inner of runFoldersIn(folder)) {
    try {
      keepPage(placeOf(inner), pageOfRun(inner));
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      process.stderr.write(`No page for ${shortened(inner)}: ${error.message}\n`);
    }
  }
}

function write(file: string, html: string): void {
  try {
    makeFolders(path.dirname(file));
    writeFileSync(file, html);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot write the page ${file}: ${why}.`, {
      remedy: 'choose another place with --output FILE',
      cause,
    });
  }
}

/** Plain data that a command has kept, with the list that makes it what it is. */
function stored<Shape>(folder: string, name: string, list: string): Shape {
  const data = parsed(path.join(folder, name)) as Readonly<Record<string, unknown>> | null;
  if (data?.['schemaVersion'] === 1 && Array.isArray(data[list])) return data as Shape;
  throw new HarnessError('EVIDENCE_UNREADABLE', `Cannot read ${name} in ${folder}.`, {
    remedy: 'name an undamaged folder, or that of a single run in it',
  });
}

/** Null where there is no JSON. */
function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
