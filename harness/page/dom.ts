/** Elements in one expression. Texts are never parsed as HTML: evidence is somebody else's text. */

type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | EventListener | undefined>>;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  fill(element, attributes, children);
  return element;
}

/** A function is the listener of the event that its attribute names, a boolean's presence its value. */
function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : `${value}`);
    }
  }
  element.append(
    ...children.filter((child) => child !== null && child !== undefined && child !== false),
  );
}

/** A part of the page with its heading, or with the heading as the switch that opens it. */
export function section(id: string, title: string, ...children: readonly Child[]): HTMLElement {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    ...children,
  );
}

export const folded = (title: string, ...children: readonly Child[]): HTMLElement =>
  h('details', {}, h('summary', {}, title), ...children);

export interface Column {
  readonly head: string;
  readonly number?: boolean;
}

/** A table that may be scrolled sideways by itself, so that a narrow page does not have to be. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLElement {
  const kind = (index: number): string | undefined =>
    columns[index]?.number === true ? 'number' : undefined;
  return h(
    'div',
    { class: 'wide', tabindex: 0 },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...columns.map(({ head }, index) => h('th', { scope: 'col', class: kind(index) }, head)),
        ),
      ),
      h(
        'tbody',
        {},
        ...rows.map((row) =>
          h('tr', {}, ...row.map((cell, index) => h('td', { class: kind(index) }, cell))),
        ),
      ),
    ),
  );
}

/** Label and text, one below the other on a narrow page. */
export const facts = (
  entries: readonly (readonly [label: string, text: Node | string])[],
): HTMLElement =>
  h(
    'dl',
    { class: 'facts' },
    ...entries.flatMap(([label, text]) => [h('dt', {}, label), h('dd', {}, text)]),
  );
