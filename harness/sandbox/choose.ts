import { HarnessError } from '../domain/harness-error.ts';
import { netnsSandbox } from './netns.ts';
import { SANDBOX_KINDS, type Sandbox } from './sandbox.ts';

/** `auto` takes the first kind that this machine offers; so far there is one. */
export function chooseSandbox(wanted: string): Sandbox {
  if (wanted === 'auto' || wanted === 'netns') return netnsSandbox();
  throw new HarnessError('USAGE', `There is no sandbox '${wanted}'.`, {
    remedy: `choose auto or one of ${SANDBOX_KINDS.join(', ')}`,
  });
}
