/** How an SVG ladder looks, by day and by night. Red and blue differ in brightness too. */
export const LADDER_STYLE = `
svg { --paper: #ffffff; --ink: #1c2430; --quiet: #5b6675; --life: #9aa5b3;
  --wire: #1f5fa8; --bad: #b3261e; --note: #7a5200; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #14181f; --ink: #e6eaf0; --quiet: #a3aebc; --life: #5f6b7a;
    --wire: #7db4f5; --bad: #ff8a80; --note: #e3b55c; }
}
.paper { fill: var(--paper); }
text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: var(--ink); }
.title { font-size: 17px; font-weight: 600; }
.head { font-weight: 600; text-anchor: middle; }
.head, .label, .wait { text-anchor: middle; }
.quiet { font-size: 12px; fill: var(--quiet); }
.head + .quiet { text-anchor: middle; }
.time { font-family: ui-monospace, monospace; font-size: 12px; text-anchor: end; fill: var(--quiet); }
.wait { font-size: 12px; font-style: italic; fill: var(--quiet); }
.life { stroke: var(--life); stroke-width: 1.5; }
.life.gap { stroke-dasharray: 2 5; }
.wire { stroke: var(--wire); stroke-width: 2; }
.wire.again { stroke-dasharray: 7 4; }
.wire.refused, .wire.dropped { stroke: var(--bad); }
.tip { fill: var(--wire); stroke: none; }
.cross { stroke: var(--bad); stroke-width: 2.5; fill: none; }
.fate { fill: var(--bad); }
.note { fill: var(--note); }
.says { fill: var(--note); }
`;
