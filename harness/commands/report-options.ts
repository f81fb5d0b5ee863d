import type { Argv } from 'yargs';

/** Of the commands that make runs. */
export const describeReportOption = (parser: Argv): Argv =>
  parser.option('report', {
    type: 'boolean',
    default: false,
    describe: 'also write report.html, one file to look at and to send to others',
    group: 'Output:',
  });

/** Of the command `report`. */
export const describeReport = (parser: Argv): Argv =>
  parser
    .positional('folder', { type: 'string', demandOption: true })
    .option('output', {
      type: 'string',
      requiresArg: true,
      describe: 'where to write it (report.html in the folder)',
    })
    .usage(
      '$0 report <folder> [--output FILE]\n\nWrites one HTML file that shows a stored run: verdict and claims, timeline, clients, packets, ledger. It asks no network for anything. Of a folder of verify, kernels, sweep or incident it writes an index, and a page into the folder of each run.',
    );
