/** Replies read by the schema that the routes table promises. */

import { expect } from 'vitest';
import * as z from 'zod/mini';
import { problemSchema } from '../../functions/api/openapi.ts';
import type { HttpReply } from '../../functions/http.ts';

const textOf = ({ body }: HttpReply): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);

/** No field may be missing, and none may be there that the schema does not name. */
export function valueOf<T extends z.core.$ZodType>(reply: HttpReply, schema: T): z.output<T> {
  expect({ status: reply.status, body: reply.status === 200 ? '' : textOf(reply) }).toEqual({
    status: 200,
    body: '',
  });
  const given: unknown = JSON.parse(textOf(reply));
  const value = z.parse(schema, given);
  expect(value).toEqual(given);
  return value;
}

/** Status and code of an error reply. */
export function errorOf(reply: HttpReply): { status: number; code: string; message: string } {
  const problem = z.parse(problemSchema, JSON.parse(textOf(reply)));
  expect(problem).toMatchObject({ requestId: 'request-1', status: reply.status });
  expect(reply.headers['content-type']).toBe('application/problem+json');
  return { status: reply.status, code: problem.code, message: problem.detail };
}
