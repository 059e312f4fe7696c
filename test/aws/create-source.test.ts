import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsTable } from '../../adapters/aws/table.ts';
import { lookupKey } from '../../domain/keys.ts';
import { type Emulators, startEmulators } from '../fixtures/emulators.ts';

const main = join(import.meta.dirname, '../../local/main.ts');
const run = promisify(execFile);
let emulators: Emulators;

beforeAll(async () => {
  emulators = await startEmulators();
  await emulators.createTable('sources-1');
});
afterAll(() => emulators.stop());

/** `wellspring aws create-source` as an operator calls it. */
function createSource(...options: string[]): Promise<{ stdout: string; stderr: string }> {
  const args = [main, 'aws', 'create-source', '--table', 'sources-1', '--tenant', 'shop', ...options];
  return run(process.execPath, args, { env: { ...process.env, ...emulators.environment } });
}

it.each([
  { options: ['--source', 'web'], kind: 'public', prefix: 'wk_', rate: 1000 },
  {
    options: ['--source', 'server', '--kind', 'secret', '--rate', '50'],
    kind: 'secret',
    prefix: 'sk_',
    rate: 50,
  },
])('prints a $kind key alone, which is then known', async ({ options, kind, prefix, rate }) => {
  const { stdout, stderr } = await createSource(...options);
  const key = stdout.trimEnd();
  expect(stderr).toBe('');
  expect(key).toMatch(new RegExp(`^${prefix}[\\w-]{43}$`));
  const table = new AwsTable({ client: emulators.dynamo, name: 'sources-1', clock: Date });
  expect(await lookupKey(table, key)).toEqual({
    tenant: 'shop',
    source: options[1],
    kind,
    disabled: false,
    eventsPerSecond: rate,
    hint: key.slice(-4),
  });
  expect(JSON.stringify(await table.scan({}))).not.toContain(key);
});

it('says what is wrong with its options, and makes no key', async () => {
  await expect(createSource('--source', 'web', '--kind', 'other')).rejects.toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('Allowed choices are public, secret'),
  });
  await expect(createSource()).rejects.toMatchObject({
    stdout: '',
    stderr: expect.stringContaining("required option '--source <name>' not specified"),
  });
});

it('says so when the table is not there', async () => {
  await expect(createSource('--source', 'web', '--table', 'no-such-table')).rejects.toMatchObject({
    stdout: '',
    stderr: expect.stringMatching(/^.+\n.+\[table_unavailable\]\n$/),
  });
});
