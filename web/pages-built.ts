/** Whether the built pages are as new as what they are made of, so that a checkout never serves yesterday's pages. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pagesFolder } from './hosting.ts';

const built = join(pagesFolder, 'console', 'index.html');

function newest(folder: string): number {
  const times = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(pagesFolder))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(0, ...times);
}

export const pagesAreBuilt = (): boolean =>
  existsSync(built) && statSync(built).mtimeMs >= newest(import.meta.dirname);
