/** Erases everybody on the suppression list once more, where a backup that was put back brought them along. */
import { sealKnown } from '../../domain/privacy/person.ts';
import type { PrivacyRequest } from '../../domain/privacy/request.ts';
import { newRequestId, saveRequest } from '../../domain/privacy/requests.ts';
import { toApply } from './applied.ts';
import { advance } from './erase.ts';
import type { ForgetServices } from './work.ts';

/** In the place of who asked. */
const BY = 'suppression list';

/**
 * Erases everybody on the list where that was undone; resolves when nothing of them is left but in streams.
 * @returns the request that this became; undefined where nothing was to do.
 * @throws what a step throws.
 */
export async function applyAgain(
  services: ForgetServices,
  tenant: string,
): Promise<PrivacyRequest | undefined> {
  const { tables, secret, clock } = services;
  const subjects = await toApply(tables, tenant);
  if (subjects.length === 0) return undefined;
  const now = clock.now();
  const named = { tenant, id: newRequestId(now) };
  const request: PrivacyRequest = {
    ...named,
    version: 1,
    kind: 'erase',
    state: 'initialised',
    by: BY,
    subjects,
    sealed: sealKnown(secret, named, { ids: subjects, profiles: [], marks: [] }),
    steps: [],
    models: [],
    createdAt: now,
    updatedAt: now,
  };
  const version = await saveRequest(tables.privacy, { request, version: 0 });
  return advance({ request, version }, services, () => false);
}
