/** What a receiver that somebody names, or its name service, cannot make the sender do. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcp, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Address, HttpsSender } from '../../adapters/outbound/https-sender.ts';
import { isPublicAddress } from '../../domain/webhook/address.ts';
import { readWebhookUrl } from '../../domain/webhook/url.ts';
import { forbidden } from './corpus.ts';

/** A public address that was never given to anybody. */
const NOWHERE = '2000::1';

const open: { close: () => unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const portOf = (server: { address: () => unknown }): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? Number(Reflect.get(address, 'port')) : 0;
};
async function listening(server: Server | ReturnType<typeof createTcp>): Promise<number> {
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  open.push(server);
  return portOf(server);
}
const receiver = (answer: RequestListener): Promise<number> => listening(createServer(answer));

const letter = (url: string) => ({ url, headers: { 'webhook-id': 'm1' }, body: '{"type":"x"}' });
const trying = (options = {}) => new HttpsSender({ loopback: true, timeoutMs: 2000, ...options });
const at =
  (...addresses: string[]) =>
  async (): Promise<readonly Address[]> =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('forbidden places', () => {
  it('are refused before any name is asked for or connection made, whatever they are called', async () => {
    expect(forbidden.length).toBeGreaterThanOrEqual(60);
    const asked: string[] = [];
    const lookup = async (host: string): Promise<readonly Address[]> => {
      asked.push(host);
      return [];
    };
    const sender = new HttpsSender({ lookup });
    const refused: string[] = [];
    for (const url of forbidden) {
      const outcome = await sender.send(letter(url));
      if (outcome.kind === 'failed' && outcome.reason === 'forbidden_url') refused.push(url);
    }
    expect(refused).toEqual(forbidden);
    expect(asked).toEqual([]);
  });

  it('are refused behind a name too, if only one of its addresses is not public', async () => {
    for (const address of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:10.0.0.1',
      'fe80::1%eth0',
      '0.0.0.0',
    ]) {
      const sender = new HttpsSender({ lookup: at('93.184.216.34', address) });
      const outcome = await sender.send(letter('https://hooks.example.com/x'));
      expect({ address, outcome }).toEqual({
        address,
        outcome: { kind: 'failed', reason: 'forbidden_address' },
      });
    }
    expect(isPublicAddress('93.184.216.34')).toBe(true);
    expect(isPublicAddress('2606:2800:220:1::1')).toBe(true);
    expect(isPublicAddress('nonsense')).toBe(false);
    expect(readWebhookUrl('https://hooks.example.com/x')).toBeInstanceOf(URL);
  });

  it('are not reached by a name that changes its answer between check and connection', async () => {
    const attempts: string[] = [];
    const watch = (message: unknown): void => {
      const socket =
        typeof message === 'object' && message !== null ? Reflect.get(message, 'socket') : undefined;
      if (socket instanceof Socket) socket.on('connectionAttempt', (address) => attempts.push(address));
    };
    subscribe('net.client.socket', watch);
    const asked: string[] = [];
    // The first answer is public, though nothing is there; every later one is this machine.
    const lookup = async (host: string): Promise<readonly Address[]> => {
      asked.push(host);
      return at(asked.length === 1 ? NOWHERE : '127.0.0.1')();
    };
    const outcome = await trying({ lookup, timeoutMs: 100 }).send(letter('https://rebind.example.com/'));
    unsubscribe('net.client.socket', watch);
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(asked).toEqual(['rebind.example.com']);
    expect(attempts).toEqual([NOWHERE]);
  });

  it('are not reached by a redirect, and no proxy of the environment is asked', async () => {
    const visits: string[] = [];
    const port = await receiver((request, reply) => {
      visits.push(request.url ?? '');
      reply.writeHead(307, { location: `http://127.0.0.1:${port}/latest/meta-data/` }).end();
    });
    expect(await trying().send(letter(`http://127.0.0.1:${port}/hook`))).toEqual({
      kind: 'answered',
      status: 307,
    });
    expect(visits).toEqual(['/hook']);
  });

  it('include this machine unless it was opened for trying out, and then only without TLS', async () => {
    const port = await receiver((_, reply) => void reply.end());
    const url = `http://127.0.0.1:${port}/`;
    expect(await new HttpsSender().send(letter(url))).toEqual({ kind: 'failed', reason: 'forbidden_url' });
    expect(await trying().send(letter(url))).toEqual({ kind: 'answered', status: 200 });
    expect(readWebhookUrl('http://10.0.0.1/', { loopback: true })).toBe('begin with https://');
  });
});

describe('a hostile reply', () => {
  it('of any length is cut off, and its status counts', async () => {
    let written = 0;
    const port = await receiver((_, reply) => {
      const chunk = Buffer.alloc(1 << 20);
      const more = (): void => {
        while (!reply.destroyed && written < 1 << 30) {
          written += chunk.length;
          if (!reply.write(chunk)) {
            reply.once('drain', more);
            return;
          }
        }
      };
      more();
    });
    const before = process.memoryUsage().rss;
    expect(await trying().send(letter(`http://127.0.0.1:${port}/`))).toEqual({
      kind: 'answered',
      status: 200,
    });
    expect(written).toBeLessThan(64 << 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
  });

  it('that unfolds is not unfolded', async () => {
    const bomb = gzipSync(Buffer.alloc(50 << 20));
    const port = await receiver(
      (_, reply) => void reply.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    const before = process.memoryUsage().rss;
    expect(await trying().send(letter(`http://127.0.0.1:${port}/`))).toEqual({
      kind: 'answered',
      status: 200,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(20 << 20);
  });

  it('with ten thousand headers, or that is no HTTP, is no answer', async () => {
    const raw = (text: string): Promise<number> =>
      listening(
        createTcp((socket) => {
          socket.on('error', () => {});
          socket.end(text);
        }),
      );
    const headers = Array.from({ length: 10_000 }, (_, i) => `x-${i}: ${i}\r\n`).join('');
    for (const text of [`HTTP/1.1 200 OK\r\n${headers}\r\n`, 'SSH-2.0-OpenSSH\r\n'])
      expect(await trying().send(letter(`http://127.0.0.1:${await raw(text)}/`))).toEqual({
        kind: 'failed',
        reason: 'invalid_reply',
      });
  });

  it('that never comes, or never ends, is waited for no longer than the time', async () => {
    const silent = await listening(createTcp(() => {}));
    expect(await trying({ timeoutMs: 50 }).send(letter(`http://127.0.0.1:${silent}/`))).toEqual({
      kind: 'failed',
      reason: 'timed_out',
    });
    const hanging = new HttpsSender({ timeoutMs: 50, lookup: () => new Promise(() => {}) });
    expect(await hanging.send(letter('https://hooks.example.com/'))).toMatchObject({ reason: 'timed_out' });
  });

  it('says when to come back, in seconds and up to an hour', async () => {
    for (const [header, wait] of [
      ['7', 7000],
      ['999999', 3_600_000],
      ['soon', undefined],
      ['-1', undefined],
    ] as const) {
      const port = await receiver((_, reply) => void reply.writeHead(429, { 'retry-after': header }).end());
      const outcome = await trying().send(letter(`http://127.0.0.1:${port}/`));
      expect(outcome).toEqual({
        kind: 'answered',
        status: 429,
        ...(wait !== undefined && { retryAfterMs: wait }),
      });
    }
  });

  it('is missed where nobody listens', async () => {
    const port = await listening(createTcp(() => {}));
    for (const one of open.splice(0)) one.close();
    expect(await trying().send(letter(`http://127.0.0.1:${port}/`))).toEqual({
      kind: 'failed',
      reason: 'unreachable',
    });
  });
});
