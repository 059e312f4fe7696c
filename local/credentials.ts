/** The keys of one data folder: made at the first start, printed at every start, readable by the owner only. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { newKey } from '../domain/keys.ts';

const schema = z.object({
  /** Key for pseudonyms and fingerprints; losing it orphans every profile. */
  secret: z.string(),
  writeKey: z.string(),
  secretKey: z.string(),
});

export type Credentials = z.infer<typeof schema>;

/** Reads the folder's credentials, or makes them. */
export function credentials(data: string): Credentials {
  const path = join(data, 'credentials.json');
  if (existsSync(path)) return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const made: Credentials = {
    secret: randomBytes(32).toString('hex'),
    writeKey: newKey('public'),
    secretKey: newKey('secret'),
  };
  writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flush: true });
  return made;
}
