/** The ladder of the chosen client with its zoom, and the packet that was chosen in it. */
import type { PageLadder, RunPage } from '../report/page/page-model.ts';
import { h } from './dom.ts';
import { fittingZoom, ZOOMS } from './ladder-layout.ts';
import { ladderSvg } from './ladder-view.ts';
import type { Language } from './language.ts';
import { packetView } from './packet-view.ts';
import type { Reader } from './reader.ts';

export interface LadderPanel {
  readonly element: HTMLElement;
  readonly show: (client: number, hasPackets: boolean) => void;
  readonly redraw: () => void;
}

export function ladderPanel(model: RunPage, language: Language, reader: Reader): LadderPanel {
  const { words } = language;
  const byClient = new Map(model.ladders.map((ladder) => [ladder.client, ladder]));
  let shown: PageLadder | undefined;
  let chosen: number | undefined;
  const title = h('h3', { id: 'ladder-client' });
  const drawing = h('div', { class: 'drawing' });
  const packet = h(
    'div',
    { class: 'packet', 'aria-live': 'polite' },
    h('p', { class: 'dim' }, words.packetHint),
  );

  const zoom = (): number => reader.zoom ?? fittingZoom(shown?.rows ?? []);
  const redraw = (): void => {
    if (shown === undefined) return;
    const { packets, afterwards } = shown;
    drawing.replaceChildren(
      ladderSvg(shown, {
        widthPx: Math.max(300, drawing.clientWidth),
        pxPerSecond: ZOOMS[zoom()] ?? 0,
        language,
        refusal: refusalOf(model, language),
        chosen,
        choose: (row, index) => {
          chosen = row;
          packet.replaceChildren(packetView(packets, index, language));
        },
      }),
      ...(afterwards === 0 ? [] : [h('p', { class: 'dim' }, words.afterwards(afterwards))]),
    );
  };
  const zoomTo = (next: number): void => {
    reader.zoom = Math.max(0, Math.min(ZOOMS.length - 1, next));
    redraw();
  };
  const show = (client: number, hasPackets: boolean): void => {
    shown = byClient.get(client);
    chosen = undefined;
    title.textContent = words.ladderOf(client);
    packet.replaceChildren(h('p', { class: 'dim' }, words.packetHint));
    if (shown !== undefined) {
      redraw();
      return;
    }
    const why = hasPackets
      ? words.notEmbedded(model.ladders.length, model.connections)
      : words.noLadder;
    drawing.replaceChildren(h('p', {}, why));
  };
  const button = (id: string, text: string, click: () => void): HTMLElement =>
    h('button', { type: 'button', id, click }, text);
  const element = h(
    'div',
    { class: 'ladder-panel' },
    h(
      'div',
      { class: 'controls' },
      title,
      button('zoom-in', words.zoomIn, () => zoomTo(zoom() + 1)),
      button('zoom-out', words.zoomOut, () => zoomTo(zoom() - 1)),
      button('zoom-reset', words.zoomReset, () => zoomTo(0)),
    ),
    model.sampled
      ? h('p', { class: 'dim' }, words.sampledNote(model.ladders.length, model.connections))
      : null,
    h('div', { class: 'ladder-and-packet' }, drawing, packet),
  );
  return { element, show, redraw };
}

/** Why SYNs were refused in this run, if that is explained; undefined: only that they were. */
export const refusalOf = ({ explanation }: RunPage, { words }: Language): string | undefined =>
  explanation === null ? undefined : words.explanation.ignored(explanation.places);
