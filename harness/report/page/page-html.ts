import type { PageModel } from './page-model.ts';

/** What every page is made of besides its model. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** SHA-256 of each, base64, for the Content-Security-Policy. */
  readonly scriptHash: string;
  readonly styleHash: string;
}

/**
 * One file that asks for nothing else: its policy allows the script and the style that it carries,
 * pictures out of itself, and no connection to anywhere.
 */
export function pageHtml(model: PageModel, assets: PageAssets): string {
  const { script, style, scriptHash, styleHash } = assets;
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}'`,
    `style-src 'sha256-${styleHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escaped(model.title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This report is drawn by the script that it carries: allow scripts for this file.</noscript>
<div id="page"></div>
<script type="application/json" id="model">${inScript(JSON.stringify(model))}</script>
<script>${script}</script>
</body>
</html>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Evidence is somebody else's text: nothing in it may end the element. */
const inScript = (json: string): string => json.replaceAll('<', '\\u003c');
