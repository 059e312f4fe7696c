/** `wellspring export`: everything that is known about a person, as a file for machines and a page to read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Package, packageReply } from '../../functions/api/privacy/package.ts';
import { ask, queryOf } from '../ask.ts';
import { packagePage } from '../package/page.ts';
import { type Address, type TargetOptions, withTarget } from '../target.ts';

export interface ExportOptions extends TargetOptions {
  /** Folder of the two files. */
  readonly out: string;
}

/** An id may hold anything; a file name may not. */
const fileName = (id: string): string => id.replace(/[^\w-]+/g, '_').slice(0, 100);

/** @throws WellspringError `not_running` or `refused`. */
export const exportPerson = (id: string, options: ExportOptions): Promise<void> =>
  withTarget(options, async (target) => {
    const all = await wholePackage(target, id);
    mkdirSync(options.out, { recursive: true });
    const files = { json: `${JSON.stringify(all, undefined, 2)}\n`, html: packagePage(all) };
    for (const [kind, text] of Object.entries(files)) {
      const path = join(options.out, `${fileName(id)}.${kind}`);
      writeFileSync(path, text, { mode: 0o600 });
      process.stdout.write(`${path}\n`);
    }
  });

/** Long histories come in several replies. */
async function wholePackage(target: Address, id: string): Promise<Package> {
  const read = async (before?: string): Promise<Package> =>
    packageReply.parse(
      await ask(target, 'GET', `/api/profiles/${encodeURIComponent(id)}/export${queryOf({ before })}`),
    );
  const { before: first, ...all } = await read();
  const events = [...all.events];
  for (let before = first; before !== undefined; ) {
    const older = await read(before);
    events.push(...older.events);
    before = older.before;
  }
  return { ...all, events };
}
