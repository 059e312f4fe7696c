/**
 * Logging in at a provider: authorization code with PKCE (RFC 7636), so that the code in the address is worth nothing to
 * anybody but this tab. The token is the ID token, which the platform checks on every call.
 */
import type { Config } from './config.ts';
import { keepToken } from './session.ts';

type Oidc = Extract<Config, { login: 'oidc' }>;

const STATE = 'wellspring.sign-in.state';
const VERIFIER = 'wellspring.sign-in.verifier';

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));
const here = (): string => `${location.origin}/`;

/** Goes to the provider's page. */
export async function signIn({ authority, clientId }: Oidc): Promise<void> {
  const [state, verifier] = [random(), random()];
  sessionStorage.setItem(STATE, state);
  sessionStorage.setItem(VERIFIER, verifier);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: here(),
    scope: 'openid email',
    state,
    code_challenge_method: 'S256',
    code_challenge: base64url(new Uint8Array(digest)),
  });
  location.assign(`${authority}/oauth2/authorize?${asked}`);
}

/** Whether the provider has just sent somebody back. */
export const isReturning = (): boolean => new URLSearchParams(location.search).has('code');

/**
 * Exchanges the code for a token, once, and clears the address.
 * @throws Error when this tab did not ask, or the provider refuses.
 */
export async function finishSignIn({ authority, clientId }: Oidc): Promise<void> {
  const given = new URLSearchParams(location.search);
  const [state, verifier] = [sessionStorage.getItem(STATE), sessionStorage.getItem(VERIFIER)];
  sessionStorage.removeItem(STATE);
  sessionStorage.removeItem(VERIFIER);
  history.replaceState(undefined, '', location.pathname);
  if (state === null || verifier === null || given.get('state') !== state) throw new Error('not asked for');
  const reply = await fetch(`${authority}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: here(),
      code: given.get('code') ?? '',
      code_verifier: verifier,
    }),
  });
  if (!reply.ok) throw new Error('refused');
  const { id_token: token }: { id_token: string } = await reply.json();
  keepToken(token);
}
