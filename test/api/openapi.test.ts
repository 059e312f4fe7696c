import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { documentReply, openapi } from '../../functions/api/openapi.ts';
import { routes } from '../../functions/api/routes.ts';
import { type TestChain, testChain } from './chain.ts';
import { valueOf } from './reply.ts';

let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain[Symbol.dispose]());

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  security: z.optional(z.array(z.unknown())),
  parameters: z.array(
    z.looseObject({
      name: z.string(),
      in: z.enum(['path', 'query']),
      required: z.boolean(),
      description: z.string(),
      schema: z.record(z.string(), z.unknown()),
    }),
  ),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
});
const methods = z.record(z.string(), z.record(z.string(), operation));

function* nodesOf(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { ...value };
  for (const inner of Object.values(value)) yield* nodesOf(inner);
}

function resolve(document: unknown, pointer: string): unknown {
  let at = document;
  for (const step of pointer.slice(2).split('/')) {
    at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
  }
  return at;
}

it('is answered without a key', async () => {
  const document = valueOf(await chain.ask('/api/openapi.json', { key: undefined }), documentReply);
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(document).toEqual(JSON.parse(JSON.stringify(openapi(routes))));
});

it('describes every route with its parameters, replies and refusals, and no other', () => {
  const paths = z.parse(methods, openapi(routes).paths);
  const listed = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(listed.sort()).toEqual(routes.map(({ method, pattern }) => `${method} ${pattern}`).sort());
  for (const { method, pattern, path, query, role } of routes) {
    const described = paths[pattern]?.[method.toLowerCase()];
    expect(described?.parameters.map(({ name }) => name)).toEqual([
      ...Object.keys(path),
      ...Object.keys(query),
    ]);
    expect(pattern.match(/\{\w+\}/g)?.map((name) => name.slice(1, -1)) ?? []).toEqual(Object.keys(path));
    expect(described?.security).toEqual(role === 'open' ? [] : undefined);
    expect(Object.keys(described?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '429', ...(role === 'open' ? [] : ['401', '503'])]),
    );
  }
  const ids = Object.values(paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(routes.length);
});

it('holds no reference that leads nowhere', () => {
  const document = openapi(routes);
  const references = [...nodesOf(document)].flatMap(({ $ref }) => (typeof $ref === 'string' ? $ref : []));
  expect(references.length).toBeGreaterThan(routes.length * 2);
  expect(references).toContain('#/components/schemas/ProfileView');
  expect(references.filter((pointer) => resolve(document, pointer) === undefined)).toEqual([]);
});

it('names the one way to authorise', () => {
  const { components, security } = openapi(routes);
  expect(security).toEqual([{ secretKey: [] }]);
  expect(components['securitySchemes']?.['secretKey']).toMatchObject({ type: 'http', scheme: 'bearer' });
});
