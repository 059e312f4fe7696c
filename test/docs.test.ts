/** The docs point at what exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** What a pattern's first group catches on any page, with the page. */
const mentions = (pattern: RegExp): { page: string; what: string }[] =>
  pages.flatMap((page) => [...textOf(page).matchAll(pattern)].map(([, what = '']) => ({ page, what })));

test('every relative link leads to a file', () => {
  const links = mentions(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(({ page, what }) => !existsSync(join(root, dirname(page), what)))).toEqual([]);
});

test('every npm script that a page names exists', () => {
  const scripts = new Set(Object.keys(packageJson.scripts));
  const named = mentions(/npm run ([a-z]+)/g);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ what }) => !scripts.has(what))).toEqual([]);
});

test('every command that a page names exists', () => {
  const main = readFileSync(join(root, 'local/main.ts'), 'utf8');
  const commands = new Set([...main.matchAll(/command\('([a-z-]+)'\)/g)].map(([, name]) => name));
  const named = mentions(/(?:npx wellspring|npm run wellspring --) ([a-z-]+)/g);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter(({ what }) => !commands.has(what))).toEqual([]);
});
