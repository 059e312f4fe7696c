/**
 * `POST /api/user-tokens`: the token with which a page may speak for a person. A shop's server asks for it when
 * somebody has logged in and hands it to the page, which sends it along as `context.userToken`.
 */
import * as z from 'zod/mini';
import { userToken } from '../../domain/identity.ts';
import { readJson } from './body.ts';
import { described } from './parameters.ts';
import type { Answer, Call } from './route.ts';

export const userTokenBody = z.object({
  userId: described('the user id as events carry it', z.string().check(z.minLength(1), z.maxLength(256))),
});

export const userTokenReply = z.object({
  userToken: described(
    'valid for this user id alone, for as long as the system keeps its secret',
    z.string(),
  ),
});

export async function makeUserToken({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof userTokenReply>>> {
  const { userId } = readJson(userTokenBody, request);
  return { value: { userToken: userToken(services.secret, tenant, userId) } };
}
