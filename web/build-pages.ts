/** Builds the console and the shop into `web/dist/`, which the host serves and the stack uploads. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { pagesFolder } from './hosting.ts';

export async function buildPages(): Promise<void> {
  for (const [name, base] of [
    ['console', '/'],
    ['shop', '/shop/'],
  ] as const)
    await build({
      root: join(import.meta.dirname, name),
      base,
      configFile: false,
      logLevel: 'warn',
      plugins: [react()],
      build: { outDir: join(pagesFolder, name), emptyOutDir: true, modulePreload: { polyfill: false } },
    });
}

if (import.meta.main) await buildPages();
