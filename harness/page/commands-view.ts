import type { PageCommand } from '../report/page/page-model.ts';
import { h } from './dom.ts';
import type { Language } from './language.ts';

/** Commands that can be copied into a shell. */
export const commandList = (commands: readonly PageCommand[], language: Language): HTMLElement =>
  h(
    'ul',
    { class: 'commands' },
    ...commands.map(({ command, shows }) =>
      h(
        'li',
        {},
        h('code', {}, command),
        copyButton(command, language),
        h('span', { class: 'dim' }, language.sentence(shows)),
      ),
    ),
  );

function copyButton(text: string, { words }: Language): HTMLElement {
  const button = h('button', { type: 'button', class: 'copy' }, words.copy);
  button.addEventListener('click', () => {
    navigator.clipboard?.writeText(text).then(
      () => {
        button.textContent = words.copied;
      },
      // A browser that keeps its clipboard to itself: the command can still be selected.
      () => undefined,
    );
  });
  return button;
}
