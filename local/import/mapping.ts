/** Finds, reads and checks a mapping file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WellspringError } from '../../domain/errors.ts';
import { type Mapping, mappingSchema } from './mapping-schema.ts';

const shipped = join(import.meta.dirname, '..', 'mappings');

/** Names of the mappings that come with the program. */
export const shippedMappings = (): string[] =>
  readdirSync(shipped)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();

/**
 * Reads a mapping: the path of a file, or the name of a shipped one.
 * @throws WellspringError `invalid_mapping`, naming the field.
 */
export function loadMapping(nameOrPath: string): Mapping {
  const known = /^[\w-]+$/.test(nameOrPath) ? join(shipped, `${nameOrPath}.json`) : nameOrPath;
  const path = existsSync(known) ? known : nameOrPath;
  if (!existsSync(path)) {
    throw new WellspringError(
      'invalid_mapping',
      `There is no mapping ${nameOrPath}: neither a file nor one of ${shippedMappings().join(', ')}.`,
    );
  }
  return parseMapping(readFileSync(path, 'utf8'), nameOrPath);
}

/** @throws WellspringError `invalid_mapping`, naming the field. */
export function parseMapping(text: string, name: string): Mapping {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new WellspringError('invalid_mapping', `The mapping ${name} is not JSON.`, { cause });
  }
  const parsed = mappingSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`,
  );
  throw new WellspringError('invalid_mapping', `The mapping ${name} does not fit:\n${problems.join('\n')}`);
}

/** Every column that the mapping reads, with one place that names it. */
export function columnsOf(mapping: Mapping): Map<string, string> {
  const found = new Map<string, string>();
  const note = (name: unknown, place: string): void => {
    if (typeof name === 'string' && !found.has(name)) found.set(name, place);
  };
  const walk = (value: unknown, place: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = place === '' ? key : `${place}.${key}`;
      if (key === 'column') note(inner, place);
      else if ((key === 'hash' || at === 'group.by') && Array.isArray(inner)) {
        for (const name of inner) note(name, at);
      } else if (key !== 'value' && at !== 'csv') walk(inner, at);
    }
  };
  walk(mapping, '');
  return found;
}
