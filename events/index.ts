/** All events that have a schema of their own, and the check of their properties. */
import type * as z from 'zod/mini';
import { adEvents } from './ads.ts';
import { commerceEvents } from './commerce.ts';
import type { JsonObject } from './json.ts';
import { socialEvents } from './social.ts';
import { surveyEvents } from './surveys.ts';

/** Event name -> schema of its properties. */
export const eventSchemas = { ...commerceEvents, ...socialEvents, ...adEvents, ...surveyEvents };

export type EventName = keyof typeof eventSchemas;
export type EventProperties<Name extends EventName> = z.infer<(typeof eventSchemas)[Name]>;

type Issue = z.core.$ZodIssue;

const byName: ReadonlyMap<string, z.ZodMiniType> = new Map(Object.entries(eventSchemas));

/**
 * Checks the properties of a named event. Events that nobody described pass.
 *
 * @returns undefined, or the first field that is wrong and why, such as
 * `properties.products[0].price must be a number`. Names and limits only, never a value.
 */
export function checkProperties(event: string, properties: JsonObject): string | undefined {
  const schema = byName.get(event);
  if (schema === undefined) return undefined;
  const issue = schema.safeParse(properties).error?.issues[0];
  return issue && `${pathOf(issue)} ${problemOf(issue, properties)}`;
}

/** `properties.products[0].price` */
function pathOf({ path }: Issue): string {
  return path.reduce<string>(
    (all, part) => (typeof part === 'number' ? `${all}[${part}]` : `${all}.${String(part)}`),
    'properties',
  );
}

function problemOf(issue: Issue, properties: JsonObject): string {
  if (issue.code === 'custom') return issue.message;
  if (isMissing(issue, properties)) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'array' || issue.expected === 'object' ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_union':
      return 'must be a string or a number';
    case 'too_small':
      return 'must not be empty';
    default:
      return 'is not as it should be';
  }
}

function isMissing({ path }: Issue, properties: JsonObject): boolean {
  let value: unknown = properties;
  for (const part of path) value = Object(value)[part];
  return value === undefined || value === null;
}
