/** The OpenAPI document of a routes table. */
import * as z from 'zod/mini';
import { holders } from '../../domain/access/roles.ts';
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

export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: described('says what to do', z.string()),
  code: described('stable', z.enum([...namesOf(refusals), ...retryable])),
  requestId: z.string(),
});

const pointer = (name: string): Document => ({ $ref: `#/components/schemas/${name}` });
const problem = (schema: Document): Document => ({ 'application/problem+json': { schema } });

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
      description: 'Profiles, ledger, quarantine and pipeline. All replies are of the tenant of the caller.',
    },
    security: [{ secretKey: [] }],
    paths,
    components: {
      schemas: schemasOf(routes),
      securitySchemes: {
        secretKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A secret key (sk_...) or the token of a session.',
        },
      },
    },
  };
}

const needs = (role: Route['role']): string =>
  role === 'open'
    ? 'Needs no key.'
    : role === 'page'
      ? 'A write key is enough.'
      : role === 'person'
        ? "Needs the token of a link to a person's own page."
        : `Needs the role ${holders(role)}.`;

function operation(route: Route): Document {
  const { operationId, summary, role, body, reply } = route;
  return {
    operationId,
    summary,
    description: needs(role),
    ...(role === 'open' ? { security: [] } : {}),
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
      200: {
        description: 'The answer.',
        content: { [route.media ?? 'application/json']: { schema: pointer(reply.name) } },
      },
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
function errorsOf({ role, refusals: own = [] }: Route): Record<string, Document> {
  const keyed: readonly Refusal[] = [
    ...(role === 'person' ? (['invalid_link'] as const) : []),
    ...(role === 'open' || role === 'person' ? [] : (['missing_key', 'invalid_key'] as const)),
    ...(role === 'open' || role === 'page' || role === 'person'
      ? []
      : (['secret_key_required', 'forbidden'] as const)),
    'rate_limited',
  ];
  const byStatus = new Map<number, string[]>();
  for (const code of new Set<Refusal>(['invalid_parameter', ...keyed, ...own])) {
    const { status, message } = refusals[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${message}`]);
  }
  if (role !== 'open') byStatus.set(503, ['Try again after the stated time.']);
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      { description: lines.join('\n\n'), content: problem(pointer('Problem')) },
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
  named.add(problemSchema, { id: 'Problem' });
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
