/** Streams the demo's past in through the front door, with the secret key, so that its orders may be learned from. */

import { type PastCall, pastCalls } from './past.ts';
import { PEOPLE } from './stream.ts';

/** Events of one request. */
const BATCH = 400;

export interface BringOptions {
  readonly url: string;
  readonly secretKey: string;
  readonly days: number;
  /** When the past ends, ms. The same end gives the same message ids, so that a repeat adds nothing. */
  readonly until: number;
  readonly onProgress: (events: number) => void;
  /** Stops before the next request. */
  readonly signal: AbortSignal;
}

/** Resolves with the number of events. @throws Error when they are not taken. */
export async function bringPast({
  url,
  secretKey,
  days,
  until,
  onProgress,
  signal,
}: BringOptions): Promise<number> {
  let sent = 0;
  let batch: object[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0 || signal.aborted) return;
    const response = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`,
      },
      body: JSON.stringify({ batch }),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the past was answered with ${response.status}`);
    sent += batch.length;
    batch = [];
    onProgress(sent);
  };
  for (const { at, call } of pastCalls({ people: PEOPLE, days, until, seed: 5 })) {
    batch.push({ ...call, messageId: idOf({ at, call }), timestamp: new Date(at).toISOString() });
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return sent;
}

const idOf = ({ at, call }: PastCall): string =>
  `demo-${String(call['anonymousId'])}-${at}-${String(call['event'] ?? call.type)}`;
