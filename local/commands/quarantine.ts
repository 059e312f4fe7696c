/** `wellspring quarantine`: refused events as NDJSON, to be looked at, mended and replayed. */
import * as z from 'zod/mini';
import { ask, queryOf } from '../ask.ts';
import { type TargetOptions, withTarget } from '../target.ts';

export interface QuarantineOptions extends TargetOptions {
  readonly reason?: string;
  readonly day?: string;
}

const pageSchema = z.object({
  items: z.array(z.looseObject({ receipt: z.string() })),
  cursor: z.optional(z.string()),
});

/** Prints every entry that the options name, one per line. */
export const quarantine = (options: QuarantineOptions): Promise<void> =>
  withTarget(options, async (target) => {
    const { reason, day } = options;
    let cursor: string | undefined;
    do {
      const path = `/api/quarantine${queryOf({ reason, day, cursor, limit: '1000' })}`;
      const page = pageSchema.parse(await ask(target, 'GET', path));
      for (const item of page.items) process.stdout.write(`${JSON.stringify(item)}\n`);
      cursor = page.cursor;
    } while (cursor !== undefined);
  });
