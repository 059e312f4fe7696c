/** The OpenAPI document of a routes table. */
import * as z from 'zod/mini';
import { errorCodes } from '../../domain/errors.ts';
import { namesOf } from '../uses.ts';
import { described, type Parameters } from './parameters.ts';
import { type Refusal, refusals } from './replies.ts';
import type { Route } from './route.ts';

type Document = Record<string, unknown>;

export const documentReply = z.object({
  openapi: z.string(),
  info: z.record(z.string(), z.unknown()),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(z.string(), z.unknown()),
  components: z.record(z.string(), z.record(z.string(), z.unknown())),
});

const retryable = namesOf(errorCodes).filter((code) => errorCodes[code].retryable);

export const errorReplySchema = z.object({
  error: z.object({
    code: described('stable', z.enum([...namesOf(refusals), ...retryable])),
    message: z.string(),
    requestId: z.string(),
  }),
});

const pointer = (name: string): Document => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Document): Document => ({ 'application/json': { schema } });

export function openapi(routes: readonly Route[]): z.output<typeof documentReply> {
  const paths: Record<string, Document> = {};
  for (const route of routes) {
    (paths[route.pattern] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Wellspring',
      version: '1',
      description: 'Profiles, ledger, quarantine and pipeline. All replies are of the tenant of the key.',
    },
    security: [{ secretKey: [] }],
    paths,
    components: {
      schemas: schemasOf(routes),
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'A secret key, which begins with sk_.' },
      },
    },
  };
}

function operation(route: Route): Document {
  const { operationId, summary, open, body, reply } = route;
  return {
    operationId,
    summary,
    ...(open ? { security: [] } : {}),
    parameters: [...parametersOf(route.path, 'path'), ...parametersOf(route.query, 'query')],
    ...(body && {
      requestBody: {
        description: body.description,
        required: false,
        content: Object.fromEntries(
          Object.entries(body.content).map(([media, { name }]) => [media, { schema: pointer(name) }]),
        ),
      },
    }),
    responses: {
      200: { description: 'The answer.', content: json(pointer(reply.name)) },
      ...(route.etag ? { 304: { description: 'Nothing has changed since the reply with this ETag.' } } : {}),
      ...errorsOf(route),
    },
  };
}

function parametersOf(parameters: Parameters, place: 'path' | 'query'): Document[] {
  return Object.entries(parameters).map(([name, schema]) => {
    const {
      $schema: _dialect,
      description,
      ...rest
    } = z.toJSONSchema(schema, { io: 'input', override: brief });
    return { name, in: place, required: place === 'path', description, schema: rest };
  });
}

/** What every route with a key may refuse, and what this one may. */
function errorsOf({ open, refusals: own = [] }: Route): Record<string, Document> {
  const keyed: readonly Refusal[] = open ? [] : ['missing_key', 'invalid_key', 'secret_key_required'];
  const byStatus = new Map<number, string[]>();
  for (const code of new Set<Refusal>(['invalid_parameter', ...keyed, ...own])) {
    const { status, message } = refusals[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${message}`]);
  }
  if (!open) byStatus.set(503, ['Try again after the stated time.']);
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      { description: lines.join('\n\n'), content: json(pointer('Error')) },
    ]),
  );
}

/** A format says it; the pattern behind it is longer than all the rest. */
function brief({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}

/** Named schemas refer to each other; every reply, body and the error is one. */
function schemasOf(routes: readonly Route[]): Document {
  const named = z.registry<{ id: string }>();
  named.add(errorReplySchema, { id: 'Error' });
  for (const { reply, body } of routes) {
    named.add(reply.schema, { id: reply.name });
    for (const [name, part] of Object.entries(reply.parts ?? {})) named.add(part, { id: name });
    for (const { name, schema } of Object.values(body?.content ?? {})) named.add(schema, { id: name });
  }
  const { schemas } = z.toJSONSchema(named, {
    uri: (id) => `#/components/schemas/${id}`,
    override: brief,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _uri, ...schema }]) => [name, schema]),
  );
}
