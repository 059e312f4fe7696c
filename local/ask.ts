/** One request to the API of a running system, for the commands. */
import * as z from 'zod/mini';
import { WellspringError } from '../domain/errors.ts';
import type { Address } from './target.ts';

const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** `?a=1&b=2` of the values that are given. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/**
 * The parsed body of a success. `body`: NDJSON.
 * @throws WellspringError `not_running` or `refused`.
 */
export async function ask(
  address: Address,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: string,
): Promise<unknown> {
  const response = await fetch(`${address.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${address.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/x-ndjson' }),
    },
    ...(body === undefined ? {} : { body }),
  }).catch((cause: unknown) => {
    throw new WellspringError('not_running', `Nothing answers at ${address.url}.`, { cause });
  });
  const value: unknown = await response.json();
  if (response.ok) return value;
  const problem = problemSchema.parse(value);
  throw new WellspringError('refused', `The system refused (${problem.code}): ${problem.detail}`);
}
