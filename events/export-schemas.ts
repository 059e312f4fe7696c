/** `npm run schemas`: writes every schema as JSON Schema 2020-12, for senders and readers in other languages. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { calls } from './calls.ts';
import { eventSchemas } from './index.ts';
import { quarantineReasons, suppressReasons } from './reasons.ts';

export interface ExportedSchema {
  /** Relative to the folder of all schemas, with `/`. */
  readonly file: string;
  /** Name of the call or event. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

function exported(kind: string, name: string, title: string, body: object): ExportedSchema {
  const file = `${kind}/${slug(name)}.json`;
  const { $schema, ...rest } = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...body };
  return { file, name, schema: { $schema, $id: `urn:wellspring:${kind}:${slug(name)}`, title, ...rest } };
}

const translate = (schema: z.ZodMiniType): object => z.toJSONSchema(schema, { io: 'input' });

function codes(reasons: Readonly<Record<string, string>>): object {
  return { oneOf: Object.entries(reasons).map(([code, description]) => ({ const: code, description })) };
}

/** All schemas: bodies of calls, properties of events, and the codes for what is not applied. */
export function jsonSchemas(): ExportedSchema[] {
  return [
    ...Object.entries(calls).map(([name, schema]) =>
      exported('calls', name, `Body of POST /v1/${name}`, translate(schema)),
    ),
    ...Object.entries(eventSchemas).map(([name, schema]) =>
      exported('properties', name, `Properties of ${name}`, translate(schema)),
    ),
    exported('reasons', 'quarantine', 'Why an event is in quarantine', codes(quarantineReasons)),
    exported('reasons', 'suppress', 'Why an event is left out', codes(suppressReasons)),
  ];
}

/** Writes one file per schema under `folder` and returns their paths. */
export function exportSchemas(folder: string): string[] {
  return jsonSchemas().map(({ file, schema }) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
    return path;
  });
}

const HELP = `Writes every schema as JSON Schema 2020-12, one file each.

Usage: npm run schemas -- [--out DIR]

  --out DIR   the folder to write to (default: dist/schemas)
  --help      this text
`;

type Write = (text: string) => void;

/** Runs the command. Returns its exit code: 0, or 2 for an option that does not exist. */
export function main(args: string[], print: Write, complain: Write): number {
  const options = { out: { type: 'string', default: 'dist/schemas' }, help: { type: 'boolean' } } as const;
  let values: { readonly out: string; readonly help?: boolean };
  try {
    values = parseArgs({ args, options }).values;
  } catch (error) {
    complain(`${error instanceof Error ? error.message : 'Bad options'}\n\n${HELP}`);
    return 2;
  }
  print(values.help ? HELP : `${exportSchemas(values.out).join('\n')}\n`);
  return 0;
}

if (import.meta.main) {
  process.exitCode = main(
    process.argv.slice(2),
    (text) => process.stdout.write(text),
    (text) => process.stderr.write(text),
  );
}
