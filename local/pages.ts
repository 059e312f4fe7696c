/** Serves the built pages: the console at `/`, the shop at `/shop/`, a person's own page at `/me/`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { chain } from '../functions/chain.ts';
import type { HttpReply, HttpRequest } from '../functions/http.ts';
import { json } from '../functions/http.ts';
import { cacheControl, contentTypes, pageHeaders, pagesFolder } from '../web/hosting.ts';
import { pagesAreBuilt } from '../web/pages-built.ts';
import type { Vouched } from './demo/people.ts';

const compress = promisify(gzip);

/** One-time links let people in. */
const consoleConfig = { login: 'link', shop: true };

interface Folder {
  /** Path under which its files lie, ends in a slash. */
  readonly base: string;
  readonly name: string;
}
const folders: readonly Folder[] = [
  { base: '/shop/', name: 'shop' },
  { base: '/me/', name: 'me' },
  { base: '/', name: 'console' },
];

/** Answers requests for pages and their files; undefined for anything else. Builds pages that are not built yet. */
export function makePages(options: {
  readonly writeKey: string;
  readonly people: readonly Vouched[];
}): (request: HttpRequest) => Promise<HttpReply | undefined> {
  let files: Promise<Map<string, string>> | undefined;
  const replies = new Map<string, Promise<HttpReply>>();
  return async ({ method, path, headers }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    if (path === '/shop' || path === '/me') {
      return { status: 308, headers: { location: `${path}/` }, body: '' };
    }
    if (path === '/config.json') return json(200, consoleConfig, { 'cache-control': 'no-store' });
    if (path === '/shop/config.json') return json(200, options, { 'cache-control': 'no-store' });
    files ??= built();
    const known = await files;
    const file = known.get(path) ?? (isPage(path, headers) ? known.get(pageOf(path)) : undefined);
    if (file === undefined) return undefined;
    const reply = replies.get(file) ?? replyOf(file);
    replies.set(file, reply);
    return reply;
  };
}

/** Paths of the collector, as a browser may open them too. */
const collected = chain.collect.trigger.routes.map((route) => route.slice(route.indexOf(' ') + 1));
const isCollected = (path: string): boolean =>
  collected.some((own) => (own.endsWith('{proxy+}') ? path.startsWith(own.slice(0, -8)) : path === own));

/** Addresses inside a page, such as `/people/ada`, are the page's own affair. */
const isPage = (path: string, { accept = '' }: HttpRequest['headers']): boolean =>
  accept.includes('text/html') && !isCollected(path);
const pageOf = (path: string): string => ['/shop/', '/me/'].find((base) => path.startsWith(base)) ?? '/';

/** File by path. */
async function built(): Promise<Map<string, string>> {
  if (!pagesAreBuilt()) {
    // Loaded only where it is needed: the builder is large.
    const { buildPages } = await import('../web/build-pages.ts');
    await buildPages();
  }
  const files = new Map<string, string>();
  for (const { base, name } of folders) {
    const root = join(pagesFolder, name);
    if (!existsSync(root)) continue;
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const path = base + relative(root, file).split(sep).join('/');
      files.set(path.replace(/index\.html$/, ''), file);
    }
  }
  return files;
}

async function replyOf(file: string): Promise<HttpReply> {
  return {
    status: 200,
    headers: {
      ...pageHeaders,
      'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
      'content-encoding': 'gzip',
      'cache-control': cacheControl(file),
    },
    body: await compress(readFileSync(file)),
  };
}
