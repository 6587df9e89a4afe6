import { type Replay, replayId, replayText } from "./embedded.js";

/** A page that plays one episode, all in one file: opened from a disk it needs no server, and may ask for nothing. */
export async function standalonePage(replay: Replay): Promise<string> {
  const [script, style, icon] = await Promise.all([
    contentOf('script[type="module"][src]', "src"),
    contentOf('link[rel="stylesheet"]', "href"),
    contentOf('link[rel="icon"]', "href"),
  ]);
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src data: blob:",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { env, seed } = replay.recording.episode;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="generator" content="Ludus">
<title>${escaped(`${env}, seed ${seed} - Ludus`)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style nonce="${nonce}">${style.replaceAll("</", "<\\/")}</style>
</head>
<body>
<div id="app"></div>
<noscript>This replay draws with JavaScript: switch it on for this page.</noscript>
<script type="application/octet-stream" id="${replayId}">${replayText(replay)}</script>
<script type="module" nonce="${nonce}">${harmless(script)}</script>
</body>
</html>
`;
}

/** A file that this page was made of. */
async function contentOf(selector: string, attribute: "src" | "href"): Promise<string> {
  const address = document.querySelector(selector)?.getAttribute(attribute);
  if (address === null || address === undefined) throw new Error(`This page has no ${selector}.`);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`The server has no ${address} any more: reload the page.`);
  return response.text();
}

/** Nothing in a script may end its element; what could is in texts and patterns, where the escape means the same. */
function harmless(script: string): string {
  return script.replaceAll(/<(?=!--|\/script)/gi, "\\x3C");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
