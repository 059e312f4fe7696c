/** Parameters of requests: their schemas, which also describe them in the OpenAPI document, and how they are read. */
import * as z from 'zod/mini';
import { Refused } from './replies.ts';

/** Schemas by parameter name. Each has a description that completes "The parameter must be ...". */
export type Parameters = z.core.$ZodShape;

/** Gives a schema the words that documents and error replies use. */
export function described<T extends z.core.$ZodType>(description: string, schema: T): T {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** A moment as ISO 8601, read as ms since the epoch. */
export const moment = (meaning: string) =>
  described(
    `an ISO 8601 date, or date and time with an offset: ${meaning}`,
    z.optional(
      z.pipe(
        z.union([z.iso.datetime({ offset: true }), z.iso.date()]),
        z.transform((text: string) => Date.parse(text)),
      ),
    ),
  );

export const from = moment('the first moment, inclusive');
export const to = moment('the last moment, exclusive');

export const personId = described(
  'a user id, an anonymous id or a profile id, at most 256 characters',
  z.string().check(z.minLength(1), z.maxLength(256)),
);

export const limit = described(
  'a whole number from 1 to 1000',
  z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1000)), 100),
);

/** Drops parameters that were not given, so that absent and undefined are one. */
export const optional = <K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]?: T });

/**
 * The values of the named parameters.
 * @throws Refused `invalid_parameter`, naming the first that is not valid. Unknown ones are refused too:
 * a misspelt bound would otherwise silently be none.
 */
export function readParameters<S extends Parameters>(
  shape: S,
  given: Iterable<readonly [string, string]>,
): z.output<z.ZodMiniObject<S>> {
  const values = new Map<string, string>();
  for (const [name, value] of given) {
    if (!Object.hasOwn(shape, name)) throw unknown(Object.keys(shape));
    if (values.has(name)) throw invalid(name, 'given once');
    values.set(name, value);
  }
  const parsed = z.safeParse(z.object(shape), Object.fromEntries(values));
  if (parsed.success) return parsed.data;
  const name = String(parsed.error.issues[0]?.path[0]);
  const schema = shape[name];
  throw invalid(name, (schema && z.globalRegistry.get(schema)?.description) ?? 'valid');
}

/** A refusal that names the parameter, which is one of ours. */
export const invalid = (name: string, must: string): Refused =>
  new Refused('invalid_parameter', { message: `The parameter "${name}" must be ${must}.` });

const unknown = (names: readonly string[]): Refused =>
  new Refused('invalid_parameter', {
    message: `There is a parameter that this path does not know. It knows: ${names.join(', ') || 'none'}.`,
  });
