/** Node itself loads every file: a test runner forgives imports that Node does not. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const rooms = ['events', 'domain', 'models', 'functions', 'adapters', 'local'];

test('every file of the rooms loads in plain Node', () => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...rooms], {
    cwd: root,
  });
  const files = listed
    .toString()
    .split('\n')
    .filter(
      (file) =>
        file.endsWith('.ts') &&
        !file.endsWith('.test.ts') &&
        !/^(local\/main|events\/export-schemas)\.ts$/.test(file),
    );
  expect(files.length).toBeGreaterThan(200);
  const load = `for (const file of ${JSON.stringify(files)}) await import(${JSON.stringify(`${root}/`)} + file);`;
  expect(() =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', load], { cwd: root, stdio: 'pipe' }),
  ).not.toThrow();
});
