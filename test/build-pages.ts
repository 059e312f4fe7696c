/** Pages are built once before the tests: several of them serve the same files. */
import { buildPages } from '../web/build-pages.ts';
import { pagesAreBuilt } from '../web/pages-built.ts';

export async function setup(): Promise<void> {
  if (!pagesAreBuilt()) await buildPages();
}
