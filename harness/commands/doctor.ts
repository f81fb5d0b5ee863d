/** `doctor`: what this machine can do, found out by trying, and how to mend what it cannot. */
import { type Capability, examineMachine } from '../sandbox/preflight.ts';
import { EXIT } from './exit-code.ts';
import { print, terminalStyle } from './terminal.ts';

export async function doctor(json: boolean): Promise<number> {
  const capabilities = await examineMachine();
  const able = capabilities.every(({ works, essential }) => works || !essential);
  if (json) print(JSON.stringify({ schemaVersion: 1, able, capabilities }, null, 2));
  else {
    print(capabilities.map(describe).join('\n'));
    print(
      able
        ? '\nRuns are possible here.'
        : '\nNo run is possible here until the lines marked MISSING are mended.',
    );
  }
  return able ? EXIT.good : EXIT.failed;
}

function describe({ name, works, detail, cost, remedy, essential }: Capability): string {
  const style = terminalStyle();
  if (works) return `${style.green('ok     ')}  ${name}  ${style.dim(detail)}`;
  const mark = essential ? style.red('MISSING') : style.yellow('lacking');
  return `${mark}  ${name}: ${detail}\n           without it: ${cost}\n           remedy: ${remedy}`;
}
