/** What a person is known by while a request about them is open. Stored under seal only. */
import * as z from 'zod/mini';
import type { PrivacyRequest } from './request.ts';
import { seal, unseal } from './sealed.ts';

const knownSchema = z.object({
  /** Raw ids: the one that was asked for, and those that were found from there. */
  ids: z.array(z.string()),
  /** Profiles of the person and of their devices. */
  profiles: z.array(z.string()),
  /** Texts that name them wherever they stand: addresses, numbers, names. */
  marks: z.array(z.string()),
});
export type Known = z.infer<typeof knownSchema>;

const bound = ({ tenant, id }: Pick<PrivacyRequest, 'tenant' | 'id'>): string => `${tenant}#${id}`;

export const sealKnown = (
  secret: string,
  request: Pick<PrivacyRequest, 'tenant' | 'id'>,
  known: Known,
): string => seal(secret, bound(request), JSON.stringify(known));

/** Nothing once the request is finished. */
export const openKnown = (secret: string, request: PrivacyRequest): Known =>
  request.sealed === undefined
    ? { ids: [], profiles: [], marks: [] }
    : knownSchema.parse(JSON.parse(unseal(secret, bound(request), request.sealed)));
