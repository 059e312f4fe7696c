/** Events as they come: pushed where the host can, asked for every two seconds where it cannot. */
import { useEffect, useRef, useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { api } from '../../api.ts';
import { accessToken, apiBase } from '../../session.ts';
import { messagesOf } from './messages.ts';

export type LiveEvent = Reply<'GET /api/live'>['events'][number];
type Batch = Pick<Reply<'GET /api/live'>, 'events' | 'skipped'>;

const ASK_MS = 2_000;
const AGAIN_MS = 1_500;
/** Events kept on the page. */
const KEPT = 300;
const SECONDS = 60;

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** One connection, until it breaks. */
async function connect(
  gone: AbortSignal,
  onBatch: (batch: Batch) => void,
  onOpen: () => void,
): Promise<void> {
  const reply = await fetch(`${apiBase()}/api/live`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${accessToken() ?? ''}` },
    signal: gone,
  });
  if (!reply.ok || !reply.body) {
    // The client knows what a refusal means for the session.
    await api.call('GET /api/live', {}, gone);
    return;
  }
  onOpen();
  if (!(reply.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
    await askOn((await reply.json()).position, gone, onBatch);
    return;
  }
  for await (const message of messagesOf(reply.body)) onBatch(JSON.parse(message));
}

async function askOn(first: string, gone: AbortSignal, onBatch: (batch: Batch) => void): Promise<void> {
  for (let after = first; !gone.aborted; ) {
    await wait(ASK_MS);
    const { position, ...batch } = await api.call('GET /api/live', { query: { after } }, gone);
    after = position;
    onBatch(batch);
  }
}

export interface Feed {
  /** Newest first. */
  readonly events: readonly LiveEvent[];
  readonly connected: boolean;
  /** Events of each of the last sixty seconds, oldest first. */
  readonly rates: readonly number[];
}

/** While `paused` nothing moves; what came meanwhile shows afterwards. */
export function useFeed(paused: boolean): Feed {
  const [feed, setFeed] = useState<Feed>({ events: [], connected: false, rates: Array(SECONDS).fill(0) });
  const held = useRef<LiveEvent[]>([]);
  const counts = useRef(new Map<number, number>());
  const stopped = useRef(paused);
  stopped.current = paused;
  useEffect(() => {
    const gone = new AbortController();
    const connected = (now: boolean) => setFeed((before) => ({ ...before, connected: now }));
    const take = ({ events, skipped }: Batch) => {
      const second = Math.floor(Date.now() / 1000);
      counts.current.set(second, (counts.current.get(second) ?? 0) + events.length + skipped);
      held.current = [...[...events].reverse(), ...held.current].slice(0, KEPT);
    };
    const show = () => {
      if (stopped.current) return;
      const now = Math.floor(Date.now() / 1000);
      for (const second of counts.current.keys()) if (second < now - SECONDS) counts.current.delete(second);
      const rates = Array.from({ length: SECONDS }, (_, i) => counts.current.get(now - SECONDS + i) ?? 0);
      setFeed((before) => ({ ...before, events: held.current, rates }));
    };
    // Four pictures a second are enough for eyes, however many events there are.
    const timer = setInterval(show, 250);
    const follow = async () => {
      while (!gone.signal.aborted) {
        await connect(gone.signal, take, () => connected(true)).catch(() => {});
        if (gone.signal.aborted) return;
        connected(false);
        await wait(AGAIN_MS);
      }
    };
    void follow();
    return () => {
      gone.abort();
      clearInterval(timer);
    };
  }, []);
  return feed;
}
