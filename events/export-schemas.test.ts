import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSchemas, jsonSchemas, main } from './export-schemas.ts';
import { quarantineReasons } from './reasons.ts';
import { callSamples, eventSamples, type Samples } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'wellspring-schemas-'));
let written: string[] = [];
beforeAll(() => {
  written = exportSchemas(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const schemas = jsonSchemas();
const samplesOf = (kind: 'calls' | 'properties', all: Readonly<Record<string, Samples>>) =>
  schemas
    .filter(({ file }) => file.startsWith(`${kind}/`))
    .map(({ file, name }) => [file, all[name]] as const);

describe('exported schemas', () => {
  it('are one file each, listed, with an id of their own and a title', () => {
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) =>
      f.endsWith('.json'),
    );
    expect(written.map((path) => relative(folder, path)).toSorted()).toEqual(found.toSorted());
    expect(found.length).toBe(Object.keys({ ...eventSamples }).length + Object.keys(callSamples).length + 2);
    const heads = found.map(read);
    expect(new Set(heads.map((schema) => schema['$id'])).size).toBe(found.length);
    for (const schema of heads) {
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: expect.stringMatching(/^urn:wellspring:(calls|properties|reasons):[a-z-]+$/),
        title: expect.stringMatching(/./),
      });
    }
  });

  it.each([...samplesOf('calls', callSamples), ...samplesOf('properties', eventSamples)])(
    '%s is valid JSON Schema, accepts the right sample and refuses the wrong ones',
    (file, samples) => {
      const schema = read(file);
      expect(schema['description']).toMatch(/\.$/);
      // `properties` inside `anyOf` says nothing of the type again; everything else strict mode asks for holds.
      const accepts = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
        schema,
      );
      expect([accepts(samples?.valid), accepts.errors]).toEqual([true, null]);
      const passed = samples?.invalid.filter(({ value }) => accepts(value)) ?? [];
      expect(passed.filter(({ beyondJsonSchema }) => beyondJsonSchema !== true)).toEqual([]);
    },
  );

  it('hold the closed list of reasons', () => {
    const accepts = new Ajv2020().compile(read('reasons/quarantine.json'));
    expect(Object.keys(quarantineReasons).filter((code) => !accepts(code))).toEqual([]);
    expect(accepts('because')).toBe(false);
  });
});

describe('the command', () => {
  function run(...args: string[]): { code: number; out: string; err: string } {
    let out = '';
    let err = '';
    const code = main(
      args,
      (text) => {
        out += text;
      },
      (text) => {
        err += text;
      },
    );
    return { code, out, err };
  }

  it('writes where it is told and lists what it wrote', () => {
    const { code, out } = run('--out', join(folder, 'again'));
    expect(code).toBe(0);
    expect(out).toContain(join(folder, 'again', 'properties', 'order-completed.json'));
    expect(read('again/properties/order-completed.json')).toEqual(read('properties/order-completed.json'));
    rmSync(join(folder, 'again'), { recursive: true });
  });

  it('explains itself, and refuses options it does not know', () => {
    expect(run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--out DIR'), err: '' });
    expect(run('--bogus')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--bogus') });
  });
});
