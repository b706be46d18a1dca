/** The frame around every page: one stylesheet, no script, and headers that allow nothing else. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { html, type Html } from './html.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #16211c; --soft: #52605a; --paper: #f4f6f4; --card: #fff; --line: #d5dcd8;
  --accent: #1f5f4c; --accent-ink: #fff; --bad: #a3271f; --bad-paper: #fbeceb; --good: #1f5f4c; --good-paper: #e8f3ee; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9efec; --soft: #a3b1aa; --paper: #101613; --card: #18201c;
  --line: #34403a; --accent: #6cc9a8; --accent-ink: #0c1a14; --bad: #ff9d94; --bad-paper: #341815; --good: #6cc9a8;
  --good-paper: #14291f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 28rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 1rem; color: var(--soft); }
p strong { color: var(--ink); }
.mark { width: 3rem; height: 3rem; margin-bottom: 1.25rem; display: grid; place-items: center; border-radius: .75rem;
  background: var(--accent); color: var(--accent-ink); font-size: 1.5rem; font-weight: 600; }
.note { padding: .75rem 1rem; border-radius: .5rem; }
.note.bad { background: var(--bad-paper); color: var(--bad); }
.note.good { background: var(--good-paper); color: var(--good); }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
.field { margin-bottom: 1.25rem; }
.hint { margin: .25rem 0 0; font-size: .875rem; }
input, select, button { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border-radius: .5rem; font: inherit; }
input, select { border: 1px solid var(--line); background: var(--paper); color: var(--ink); }
button { border: 0; background: var(--accent); color: var(--accent-ink); font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.small { margin: 1rem 0 0; font-size: .875rem; }
`;

/** By its hash and nothing else: markup that got in by some fault could neither run nor dress itself up. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
/** Put together here: a blank more inside the element, and the hash would not be its own. */
const STYLE_ELEMENT: Html = { html: `<style>${STYLE}</style>` };
const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export interface Page {
  readonly title: string;
  readonly statusCode: number;
  readonly body: Html;
}

export function sendPage(reply: FastifyReply, { title, statusCode, body }: Page): FastifyReply {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – Ledgerpost</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
  return reply
    .code(statusCode)
    .headers({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      // Not `no-referrer`: browsers would then hide the origin of our own form, too.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(document.html);
}
