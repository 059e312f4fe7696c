/**
 * Building blocks of event schemas. Lenient where it costs nothing: unknown keys pass, null and absent are
 * the same, ids may be numbers, a blank optional text is no error.
 */
import * as z from 'zod/mini';

/** An id that must be there: text that is not blank, or a number. */
export const requiredId = z.union([z.string().check(z.minLength(1)), z.number()]);
/** An id, a code or a rank: many shops write them as numbers, many as text. */
export const reference = z.nullish(z.union([z.string(), z.number()]));
export const text = z.nullish(z.string());
export const number = z.nullish(z.number());
export const truth = z.nullish(z.boolean());
/** ISO 8601 text, or milliseconds since the epoch. */
export const time = z.nullish(z.union([z.string(), z.number()]));

type Fields = Record<string, unknown>;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** At least one of the fields is given. The same rule stands in the JSON Schema as `anyOf`. */
export function needsOne(...names: readonly string[]) {
  const given = { not: { enum: [null, ''] } };
  return [
    z.refine<Fields>((fields) => names.some((name) => isGiven(fields[name])), {
      error: `needs ${names.length > 1 ? 'one of ' : ''}${names.join(', ')}`,
    }),
    z.meta({ anyOf: names.map((name) => ({ required: [name], properties: { [name]: given } })) }),
  ] as const;
}
