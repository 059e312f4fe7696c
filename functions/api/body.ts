/** Reads a JSON body by its schema. */
import * as z from 'zod/mini';
import type { HttpRequest } from '../http.ts';
import { Refused } from './replies.ts';

/** @throws Refused `invalid_body`, naming the field that is wrong but nothing of its value. */
export function readJson<S extends z.core.$ZodType>(schema: S, { body }: HttpRequest): z.output<S> {
  const parsed = z.safeParse(schema, parse(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue && issue.path.length > 0 ? issue.path.map(String).join('.').slice(0, 100) : 'the body';
  throw new Refused('invalid_body', {
    message: `The body is not what this path takes: see ${place} in /api/openapi.json.`,
  });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refused('invalid_body', { message: 'The body is not one JSON document.' });
  }
}
