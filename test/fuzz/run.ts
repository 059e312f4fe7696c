/** Sends mutated requests to a running system and holds it to its promise. */
import { Agent, request } from 'node:http';
import type { LedgerReport } from '../../domain/ledger.ts';
import { seededRandom } from '../../domain/random.ts';
import { requests } from '../bench/traffic.ts';
import { basic, startTestHost } from '../fixtures/host.ts';
import { type Attack, attack } from './mutate.ts';

export interface FuzzReport {
  readonly requests: number;
  /** Replies by status. */
  readonly statuses: Record<string, number>;
  readonly ledger: LedgerReport;
  /** Resident memory after a tenth of the run and at its end, MB. */
  readonly memoryMb: { readonly early: number; readonly late: number };
  readonly polluted: boolean;
}

const CONNECTIONS = 8;

function send(url: string, agent: Agent, { path, headers, body }: Attack): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
      (reply) => {
        reply.resume();
        reply.once('end', () => resolve(reply.statusCode ?? 0));
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** `count` requests from `seed`; `onProgress` gets the number sent. */
export async function fuzz(
  count: number,
  seed: number,
  onProgress: (sent: number) => void = () => {},
): Promise<FuzzReport> {
  const host = await startTestHost();
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const random = seededRandom(seed);
  const good = [...requests(60, { people: 20, perRequest: 3, seed, start: Date.now() })];
  const statuses: Record<string, number> = {};
  const rss = (): number => Math.round(process.memoryUsage().rss / 1e6);
  let sent = 0;
  let early = 0;
  const worker = async (): Promise<void> => {
    while (sent < count) {
      sent++;
      if (sent === Math.ceil(count / 10)) early = rss();
      if (sent % 1000 === 0) onProgress(sent);
      const status = await send(host.url, agent, attack(random, good, basic(host.writeKey)));
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    const ledger = await host.drain();
    const polluted = Object.keys(Object.prototype).length > 0;
    return { requests: sent, statuses, ledger, memoryMb: { early, late: rss() }, polluted };
  } finally {
    agent.destroy();
    await host.remove();
  }
}
