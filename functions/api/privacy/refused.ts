/** Refused events that are about a person: they lie in quarantine until they are mended or expire. */
import { isUtf8 } from 'node:buffer';
import * as z from 'zod/mini';
import type { Quarantined } from '../../../events/envelope.ts';
import { isObject, type Json } from '../../../events/json.ts';
import { optional } from '../parameters.ts';
import { entriesOf, filesOf, folderOf } from '../quarantine-store.ts';
import type { ApiServices } from '../route.ts';

export const refusedView = z.object({
  receivedAt: z.iso.datetime(),
  reason: z.string(),
  source: z.string(),
  text: z.optional(z.string()),
  context: z.optional(z.record(z.string(), z.unknown())),
});
type RefusedView = z.output<typeof refusedView>;

const NAMED = /"(?:userId|anonymousId|previousId)"\s*:\s*"((?:[^"\\]|\\.)*)"/g;

/** Ids that an event names; of text that is no JSON, those that can be read from it. */
function idsIn(text: string): string[] {
  const parsed = parse(text);
  if (isObject(parsed)) {
    const { userId, anonymousId, previousId } = parsed;
    return [userId, anonymousId, previousId].flatMap((id) => (typeof id === 'string' ? [id] : []));
  }
  return [...text.matchAll(NAMED)].map(([, id = '']) => id);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An event that names somebody else beside is theirs. */
export function isAbout(entry: Quarantined, own: ReadonlySet<string>): boolean {
  const ids = idsIn(Buffer.from(entry.original, 'base64').toString('utf8'));
  return ids.length > 0 && ids.every((id) => own.has(id));
}

export async function refusedOf(
  { objects }: ApiServices,
  tenant: string,
  ids: readonly string[],
): Promise<RefusedView[]> {
  const own = new Set(ids);
  const found: RefusedView[] = [];
  for await (const { key } of filesOf(objects, folderOf(tenant))) {
    for (const entry of await entriesOf(objects, key)) if (isAbout(entry, own)) found.push(shown(entry));
  }
  return found;
}

function shown({ envelope, original, reason, source }: Quarantined): RefusedView {
  const bytes = Buffer.from(original, 'base64');
  return {
    receivedAt: new Date(envelope.receivedAt).toISOString(),
    reason,
    source,
    ...optional('text', isUtf8(bytes) ? bytes.toString('utf8') : undefined),
    ...optional('context', envelope.context && { ...envelope.context }),
  };
}
