/**
 * Unsent events: batched, retried, and kept across page loads.
 *
 * Each event lies under its own key in localStorage until the collector has answered for it. So tabs never
 * overwrite each other, and a key that has gone means that another tab has delivered the event or that
 * consent was withdrawn. An event may be sent twice (by a beacon that nobody could confirm, or by two tabs);
 * its messageId makes that harmless.
 */
import { BODY_LIMIT, farewell, pause, post, sizeOf } from './send.ts';
import { forget, keysOf, load, save } from './store.ts';

const EVENT_LIMIT = 500;
const SIZE_LIMIT = 256 * 1024;
const BATCH = 20;
const WINDOW = 250;
/** Bytes of a body besides its events. */
const FRAME = 300;

interface Item {
  readonly key: string;
  readonly text: string;
  readonly size: number;
  readonly stored: boolean | undefined;
}

export interface QueueOptions {
  readonly url: string;
  readonly writeKey: string;
  /** Start of the names in localStorage. */
  readonly prefix: string;
  /** Whether events may be kept across page loads, asked for each event. */
  readonly keeps: () => boolean;
  /** Told how many events were given up: pushed out by newer ones, or refused by the collector. */
  readonly lost: (events: number) => void;
}

export interface Queue {
  /** `text`: the event as JSON. `id`: unique, and sorts by time. */
  add(id: string, text: string): void;
  /** Forgets what has not been sent, here and in other tabs. */
  clear(): void;
}

export function openQueue({ url, writeKey, prefix, keeps, lost }: QueueOptions): Queue {
  let items: readonly Item[] = [];
  /** What is on its way and not yet answered. */
  let sending: readonly Item[] = [];
  let failures = 0;
  let gone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const remove = (done: readonly Item[]): void => {
    for (const { key, stored } of done) if (stored) forget(key);
    items = items.filter((item) => !done.includes(item));
  };

  /**
   * Adds an event at the end; pushes out the oldest while there are too many. What is being sent stays,
   * and alone is within the limits.
   */
  const push = (key: string, text: string, stored: boolean | undefined): void => {
    items = [...items, { key, text, size: sizeOf(text), stored }];
    while (items.length > EVENT_LIMIT || items.reduce((sum, { size }) => sum + size, 0) > SIZE_LIMIT) {
      const oldest = items.filter((item) => !sending.includes(item)).slice(0, 1);
      remove(oldest);
      lost(1);
    }
  };

  /** The first of `from` that fit into one body, at least one; and that body. */
  const pack = (from: readonly Item[]): { batch: readonly Item[]; body: string } => {
    let size = FRAME;
    const batch = from.filter((item, index) => (size += item.size + 1) < BODY_LIMIT || !index);
    const body = `{"batch":[${batch.map(({ text }) => text)}],"writeKey":"${writeKey}","sentAt":"${new Date().toJSON()}"}`;
    return { batch, body };
  };

  const schedule = (wait: number): void => {
    timer ??= setTimeout(flush, wait);
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (gone || sending.length) return;
    items = items.filter(({ key, stored }) => !stored || load(key));
    const { batch, body } = pack(items);
    if (!batch.length) return;
    sending = batch;
    const { ok, retry, after } = await post(url, body);
    sending = [];
    if (retry) return schedule(pause(++failures, after, Math.random()));
    failures = 0;
    remove(batch);
    if (!ok) lost(batch.length);
    flush();
  };

  addEventListener('pagehide', () => {
    gone = true;
    // In a pause the collector has asked for rest: what is stored waits for the next page.
    let rest = items.filter((item) => !sending.includes(item) && !(failures && item.stored));
    while (rest.length) {
      const { batch, body } = pack(rest);
      farewell(url, body);
      rest = rest.slice(batch.length);
    }
  });
  addEventListener('pageshow', () => {
    gone = false;
    schedule(WINDOW);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && !failures) flush();
  });

  if (keeps()) for (const key of keysOf(prefix)) push(key, load(key) ?? '', true);
  schedule(WINDOW);

  return {
    add(id, text) {
      const key = prefix + id;
      push(key, text, keeps() && save(key, text));
      if (failures) return;
      if (items.length < BATCH) schedule(WINDOW);
      else flush();
    },
    clear() {
      remove(items);
      for (const key of keysOf(prefix)) forget(key);
    },
  };
}
