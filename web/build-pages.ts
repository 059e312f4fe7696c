/** Builds the console, the shop and a person's own page into `web/dist/`, which the host serves and the stack uploads. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { pagesFolder } from './hosting.ts';

export async function buildPages(): Promise<void> {
  // Where a test builds the pages, they would else become React's slow and talkative kind.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    for (const [name, base] of [
      ['console', '/'],
      ['shop', '/shop/'],
      ['me', '/me/'],
    ] as const)
      await build({
        root: join(import.meta.dirname, name),
        base,
        configFile: false,
        logLevel: 'warn',
        plugins: [react()],
        build: { outDir: join(pagesFolder, name), emptyOutDir: true, modulePreload: { polyfill: false } },
      });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

if (import.meta.main) await buildPages();
