/** Logging in at a provider, with a small server that checks what a provider checks. */
import { hash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Console, expectAccessible, expectVisible, openConsole } from './console.ts';

interface Provider {
  readonly url: string;
  readonly server: Server;
  /** State that the next way back carries instead of the one that was asked with. */
  forgedState: string | undefined;
  /** Paths and tokens of calls that came with a token. */
  readonly exchanged: string[];
}

let console: Console;
let provider: Provider;

const readAll = async (request: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

async function startProvider(token: string): Promise<Provider> {
  const challenges = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://provider');
    if (url.pathname === '/oauth2/authorize') {
      const code = `code-${challenges.size}`;
      challenges.set(code, url.searchParams.get('code_challenge') ?? '');
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', made.forgedState ?? url.searchParams.get('state') ?? '');
      response.writeHead(302, { location: String(back) }).end();
      return;
    }
    void readAll(request).then((body) => {
      const given = new URLSearchParams(body);
      const code = given.get('code') ?? '';
      const good = hash('sha256', given.get('code_verifier') ?? '', 'base64url') === challenges.get(code);
      challenges.delete(code);
      made.exchanged.push(given.get('client_id') ?? '');
      response.writeHead(good ? 200 : 400, { 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(good ? { id_token: token } : { error: 'invalid_grant' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const made: Provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    forgedState: undefined,
    exchanged: [],
  };
  return made;
}

beforeAll(async () => {
  console = await openConsole();
  provider = await startProvider(console.host.secretKey);
});
afterAll(async () => {
  provider.server.close();
  await console[Symbol.asyncDispose]();
});

/** A page of a deployment: its settings name the provider, which its policy would let it ask. */
async function deployed(): Promise<Page> {
  const context = await console.anonymous({ bypassCSP: true });
  const page = await context.newPage();
  await page.route('**/config.json', (route) =>
    route.fulfill({ json: { login: 'oidc', shop: false, authority: provider.url, clientId: 'console' } }),
  );
  await page.goto(`${console.host.url}/`);
  return page;
}

it('lets in who comes back with the code, and clears the address', async () => {
  const page = await deployed();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expectVisible(page.getByRole('heading', { level: 1, name: 'Live' }));
  expect(page.url()).toBe(`${console.host.url}/`);
  expect(provider.exchanged).toEqual(['console']);
  await page.context().close();
});

it('exchanges no code that this tab did not ask for', async () => {
  const before = provider.exchanged.length;
  const page = await deployed();
  provider.forgedState = 'of-somebody-else';
  await page.getByRole('button', { name: 'Log in' }).click();
  await expectVisible(page.getByText('Logging in did not work'));
  expect(provider.exchanged).toHaveLength(before);
  provider.forgedState = undefined;
  await page.context().close();
});
