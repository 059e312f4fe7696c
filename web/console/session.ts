/** Who is logged in: a token, kept until it ends or somebody logs out. Other tabs follow. */
import { useSyncExternalStore } from 'react';
import { makeClient } from '../api/client.ts';

const KEY = 'wellspring.token';
const CHANGED = 'wellspring.session';

export const accessToken = (): string | undefined => localStorage.getItem(KEY) ?? undefined;

/** Tokens of a provider are checked by the platform, under a path of their own; they have dots, keys have none. */
export const apiBase = (): string => (accessToken()?.includes('.') ? '/console' : '');

export function keepToken(token: string | undefined): void {
  if (token === undefined) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, token);
  dispatchEvent(new Event(CHANGED));
}

function subscribe(changed: () => void): () => void {
  addEventListener(CHANGED, changed);
  addEventListener('storage', changed);
  return () => {
    removeEventListener(CHANGED, changed);
    removeEventListener('storage', changed);
  };
}

/** The token, or undefined while nobody is logged in. */
export const useToken = (): string | undefined => useSyncExternalStore(subscribe, accessToken);

/** The token of a login link; the address forgets it at once, so that no history or copy keeps it. */
export function takeLogin(): string | undefined {
  const login = new URLSearchParams(location.hash.slice(1)).get('login') ?? undefined;
  if (login !== undefined) history.replaceState(undefined, '', location.pathname);
  return login;
}

/** Exchanges the token of a link. @throws ApiError when it was used or has ended. */
export async function logIn(login: string): Promise<void> {
  const anyone = makeClient({ token: () => undefined });
  const { token } = await anyone.call('POST /api/sessions', { body: { login } });
  keepToken(token);
}
