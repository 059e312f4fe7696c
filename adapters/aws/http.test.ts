import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toRequest } from './http.ts';

const batch = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/fixtures/lambda-events/http-batch.json'), 'utf8'),
);

const claims = {
  sub: '0c5b3e1a',
  token_use: 'id',
  'custom:tenant': 'shop',
  'cognito:groups': '[viewer marketer]',
};
const asked = (rawPath: string, given?: object): unknown => ({
  ...batch,
  rawPath,
  requestContext: {
    ...batch.requestContext,
    ...(given && { authorizer: { jwt: { claims: given, scopes: null } } }),
  },
});

it('reads who asks from the claims that the platform checked', () => {
  const request = toRequest(asked('/console/api/me', claims));
  expect(request.path).toBe('/api/me');
  expect(request.claims).toEqual({ tenant: 'shop', id: '0c5b3e1a', role: 'marketer' });
});

it.each([
  ['no tenant', { ...claims, 'custom:tenant': '' }],
  ['no group', { ...claims, 'cognito:groups': '[]' }],
  ['a group that is no role', { ...claims, 'cognito:groups': '[administrators]' }],
  ['an access token', { ...claims, token_use: 'access' }],
])('gives nobody a role for %s', (_, given) => {
  expect(toRequest(asked('/console/api/me', given))).toMatchObject({ path: '/api/me' });
  expect(toRequest(asked('/console/api/me', given)).claims).toBeUndefined();
});

it('takes no claim from anywhere else', () => {
  const request = toRequest({ ...batch, headers: { ...batch.headers, 'x-claims': JSON.stringify(claims) } });
  expect(request.claims).toBeUndefined();
  expect(toRequest(asked('/console/api/me')).path).toBe('/console/api/me');
});
