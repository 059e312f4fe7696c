/** The one client of a person's page, with the token of their link. */
import { makeClient, type Reply } from '../api/client.ts';

const KEY = 'wellspring.me';

/** The address forgets the token at once, so that no history or copied address keeps it; the tab knows it until it closes. */
function takeToken(): string | undefined {
  const given = location.hash.slice(1);
  if (given.startsWith('me_')) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(undefined, '', location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? undefined;
}

export const token = takeToken();
export const api = makeClient({ token: () => token });
export type OwnData = Reply<'GET /api/me/data'>;
