/** The rooms and the arrows between them, held by a test instead of memory. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { functionNames } from '../functions/chain.ts';
import { errorsPage } from './errors-page.ts';

const root = join(import.meta.dirname, '..');
const listed = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
  { cwd: root },
);
const sources = listed
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const isTest = (file: string): boolean =>
  file.startsWith('test/') || /\.(test|bench)\.ts$/.test(file) || file.endsWith('.property.test.ts');
const code = sources.filter((file) => !isTest(file) && file !== 'vitest.config.ts');

/** Rooms that a room may import. `functions/NAME` stands for the folder of one function. */
const allowed: Record<string, readonly string[]> = {
  events: ['events'],
  domain: ['events', 'domain'],
  models: ['events', 'domain', 'models'],
  functions: ['events', 'domain', 'models', 'functions'],
  'adapters/aws': ['events', 'domain', 'functions', 'adapters/aws', 'adapters/lake'],
  'adapters/embedded': ['events', 'domain', 'adapters/embedded'],
  'adapters/lake': ['events', 'domain', 'adapters/lake'],
  'adapters/outbound': ['events', 'domain', 'adapters/outbound'],
  infra: ['domain', 'functions', 'models', 'infra', 'web'],
  local: [
    'events',
    'domain',
    'models',
    'functions',
    'adapters/embedded',
    'adapters/lake',
    'adapters/outbound',
    'adapters/aws',
    'local',
    'web',
  ],
  web: ['events', 'web'],
};

/** The Lambda edge joins steps to adapters: it may import what no other file of its room may. */
const atEdge = (file: string): boolean => /^functions\/([^/]+\/handler|edge)\.ts$/.test(file);

const roomOf = (file: string): string => {
  const [first = '', second = ''] = file.split('/');
  return first === 'adapters' ? `adapters/${second}` : first;
};

interface Import {
  readonly from: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const pattern = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    from: file,
    target: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

const allowedFor = ({ from, typeOnly }: Import): readonly string[] => [
  ...(allowed[roomOf(from)] ?? []),
  ...(atEdge(from) ? ['adapters/aws', 'adapters/outbound'] : []),
  // Pages know the API by its types alone.
  ...(from.startsWith('web/') && typeOnly ? ['functions'] : []),
];

const imports = code.flatMap(importsOf);
const inside = ({ target }: Import): boolean => target.startsWith('.');
const resolved = ({ from, target }: Import): string => normalize(join(dirname(from), target));

test('there is something to look at', () => {
  expect(imports.length).toBeGreaterThan(100);
});

test('arrows between rooms point one way', () => {
  const broken = imports
    .filter(inside)
    .filter((found) => resolved(found) !== 'package.json')
    .filter((found) => !allowedFor(found).includes(roomOf(resolved(found))))
    .map((found) => `${found.from} imports ${resolved(found)}; allowed: ${allowedFor(found).join(', ')}`);
  expect(broken).toEqual([]);
});

test('a step never imports from another function; a handler, which composes, may', () => {
  const names: readonly string[] = functionNames;
  const folderOf = (file: string): string | undefined => {
    const [room, name = '', rest] = file.split('/');
    return room === 'functions' && rest !== undefined && names.includes(name) ? name : undefined;
  };
  const broken = imports
    .filter(inside)
    .filter((found) => !found.from.endsWith('/handler.ts'))
    .filter((found) => {
      const from = folderOf(found.from);
      const to = folderOf(resolved(found));
      return from !== undefined && to !== undefined && from !== to;
    })
    .map((found) => `${found.from} imports ${resolved(found)}`);
  expect(broken).toEqual([]);
});

test('only the compositions join functions to adapters', () => {
  const broken = imports
    .filter(inside)
    .filter(
      (found) =>
        roomOf(found.from) === 'adapters/aws' && resolved(found).startsWith('functions/') && !found.typeOnly,
    )
    .map((found) => `${found.from} imports ${resolved(found)}`)
    .filter((line) => !/functions\/(chain|settings|http)\.ts$/.test(line));
  expect(broken).toEqual([]);
});

test('AWS packages stay in their rooms', () => {
  const places = /^(adapters\/aws\/|infra\/|functions\/[^/]+\/handler\.ts$|functions\/edge\.ts$)/;
  const broken = imports
    .filter(
      ({ from, target }) =>
        /^(@aws-sdk\/|@smithy\/|aws-cdk|constructs|cdk-nag|aws-lambda|@middy\/)/.test(target) &&
        !places.test(from),
    )
    .map(({ from, target }) => `${from} imports ${target}`);
  expect(broken).toEqual([]);
});

test('the core has no clock, no randomness and no file system', () => {
  const core = code.filter(
    (file) => /^(events|domain|models)\//.test(file) && !file.endsWith('export-schemas.ts'),
  );
  const forbidden = [
    /\bDate\.now\(/,
    /\bnew Date\(\)/,
    /\bMath\.random\(/,
    /'node:(fs|http|https|child_process|worker_threads|sqlite)/,
    // Of the network only what tells whether a text is an address.
    /import (?!\{ isIPv4, isIPv6 \}).* from 'node:net'/,
  ];
  // The one place that makes keys needs real randomness.
  const broken = core.filter((file) =>
    forbidden.some((pattern) => pattern.test(readFileSync(join(root, file), 'utf8'))),
  );
  expect(broken).toEqual([]);
});

test('every function of the map has a folder with its step and its handler', () => {
  const missing = functionNames.flatMap((name) =>
    [`functions/${name}/${name}.ts`, `functions/${name}/handler.ts`].filter(
      (file) => !existsSync(join(root, file)),
    ),
  );
  expect(missing).toEqual([]);
});

test('handlers are short', () => {
  const long = functionNames
    .map((name) => ({
      name,
      lines: readFileSync(join(root, `functions/${name}/handler.ts`), 'utf8').split('\n').length,
    }))
    .filter(({ lines }) => lines > 31);
  expect(long).toEqual([]);
});

test('no hand-written file is longer than 400 lines, and no drawer is called utils', () => {
  const sizes = code.map((file) => ({
    file,
    lines: readFileSync(join(root, file), 'utf8').split('\n').length,
  }));
  expect(sizes.filter(({ lines }) => lines > 400)).toEqual([]);
  expect(sizes.filter(({ file }) => /(utils?|helpers?|common)(\.ts|\/)/.test(file))).toEqual([]);
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
  console.info(
    `files ${sorted.length}, lines median ${quantile(0.5)}, p95 ${quantile(0.95)}, max ${sorted.at(-1)}`,
  );
});

test('every dependency has a reason', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const record = (name: string): string[] => {
    const value = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, name) : undefined;
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  };
  const reasons = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const missing = [...record('dependencies'), ...record('devDependencies')].filter(
    (name) => !reasons.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});

test('the page of codes is what `npm run docs` writes', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsPage());
});
