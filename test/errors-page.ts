/** `npm run docs`: writes docs/errors.md from the lists in the code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../domain/errors.ts';
import { flags, quarantineReasons, suppressReasons } from '../events/reasons.ts';
import { refusals as apiRefusals } from '../functions/api/replies.ts';
import { refusals } from '../functions/collect/replies.ts';

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const plain = (list: Readonly<Record<string, string>>): string =>
  table(
    ['code', 'meaning'],
    Object.entries(list).map(([code, text]) => [`\`${code}\``, text]),
  );

const replies = (list: Readonly<Record<string, { status: number; message: string }>>): string =>
  table(
    ['code', 'status', 'message'],
    Object.entries(list).map(([code, { status, message }]) => [`\`${code}\``, status, message]),
  );

/** The page as Markdown. */
export function errorsPage(): string {
  const errors = Object.entries(errorCodes).map(([code, { retryable, fix }]) => [
    `\`${code}\``,
    retryable ? 'yes' : 'no',
    fix,
  ]);
  return `# Codes

Made by \`npm run docs\` from the lists in the code; a test fails when it is out of date.

## Replies of the collector

\`{"error": {"code", "message", "requestId"}}\`. A request that is refused stores nothing.

${replies(refusals)}

## Replies of the API

The same form.

${replies(apiRefusals)}

## Quarantine: the event is kept, with its original bytes, and can be replayed

${plain(quarantineReasons)}

## Suppressed: nothing is kept but the count

${plain(suppressReasons)}

## Flags: the event was applied, and something about it was mended

${plain(flags)}

## Errors of the system and the command line

${table(['code', 'a retry helps', 'what to do'], errors)}
`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorsPage());
