/** A person's package as a page to read: one file, no script, nothing loaded from elsewhere, every text escaped. */
import type { Package } from '../../functions/api/privacy/package.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => escapes[one] ?? '');

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}
table{border-collapse:collapse;margin:.25rem 0}td,th{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
h2{margin-top:2.5rem;border-bottom:2px solid #ccc}details{margin:.25rem 0}.dim{color:#666}`;

/** Any JSON as nested tables. */
function shown(value: unknown): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '<span class="dim">none</span>';
    return `<table>${value.map((one: unknown) => `<tr><td>${shown(one)}</td></tr>`).join('')}</table>`;
  }
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).map(
      ([name, inner]: [string, unknown]) =>
        `<tr><th scope="row">${escaped(name)}</th><td>${shown(inner)}</td></tr>`,
    );
    return rows.length === 0 ? '<span class="dim">none</span>' : `<table>${rows.join('')}</table>`;
  }
  return escaped(String(value));
}

const section = (title: string, why: string, body: string): string =>
  `<section><h2>${escaped(title)}</h2><p>${escaped(why)}</p>${body}</section>`;

function eventsOf({ events }: Package): string {
  const lines = events.map(
    ({ timestamp, event, ...rest }) =>
      `<details><summary>${escaped(timestamp)} ${escaped(event)}</summary>${shown(rest)}</details>`,
  );
  return lines.length === 0 ? shown([]) : lines.join('');
}

/** The whole page. */
export function packagePage(all: Package): string {
  const { ids, profile, consent, history, segments, scores, recommendations, refused, recipients } = all;
  const sections = [
    section(
      'Who you are to us',
      'The ids under which data is kept, and what was said about you.',
      shown({ ids, ...profile.static }),
    ),
    section('What you do', 'Counted from your events.', shown(profile.dynamic)),
    section('What you allow', 'By purpose, and every answer that was given.', shown({ consent, history })),
    section(
      'Groups you are in',
      'Each with the rule that put you there.',
      shown(
        segments.map(({ name, description, since, rule }) => ({
          name,
          description,
          since,
          because: rule.en,
        })),
      ),
    ),
    section('What models expect of you', 'With the model, its version, and what drove it.', shown(scores)),
    section('What would be recommended to you', 'With the reason of each.', shown(recommendations)),
    section('Events', 'Everything that was kept, newest first.', eventsOf(all)),
    section('Refused events', 'They count nowhere and wait to be mended.', shown(refused)),
    section('Who else got your data', 'Receivers outside of this system.', shown(recipients)),
    section(
      'How long it is kept',
      'Without days: until you ask for it to be erased.',
      shown(
        all.retention.map(({ store, days, holds }) => ({
          store,
          holds: holds.en,
          days: days ?? 'until erased',
        })),
      ),
    ),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Your data</title><style>${style}</style></head>
<body><main><h1>Your data</h1><p>Made at ${escaped(all.madeAt)}. The file beside this one holds the same for machines.</p>
${sections.join('\n')}</main></body></html>
`;
}
