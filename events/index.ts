/** All events that have a schema of their own, and the check of their properties. */
import type * as z from 'zod/mini';
import { adEvents } from './ads.ts';
import { commerceEvents } from './commerce.ts';
import type { JsonObject } from './json.ts';
import { problemIn } from './problem.ts';
import { socialEvents } from './social.ts';
import { surveyEvents } from './surveys.ts';

/** Event name -> schema of its properties. */
export const eventSchemas = { ...commerceEvents, ...socialEvents, ...adEvents, ...surveyEvents };

export type EventName = keyof typeof eventSchemas;
export type EventProperties<Name extends EventName> = z.infer<(typeof eventSchemas)[Name]>;

const byName: ReadonlyMap<string, z.ZodMiniType> = new Map(Object.entries(eventSchemas));

/**
 * Checks the properties of a named event. Events that nobody described pass.
 *
 * @returns undefined, or the first field that is wrong and why, such as
 * `properties.products[0].price must be a number`. Names and limits only, never a value.
 */
export function checkProperties(event: string, properties: JsonObject): string | undefined {
  const schema = byName.get(event);
  const found = schema && problemIn(schema, properties, 'properties');
  return found && `${found.path} ${found.problem}`;
}
