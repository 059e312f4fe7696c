import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import type { Objects, StreamRecord, StreamResult } from '../../domain/ports.ts';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import { EmbeddedCheckpoints } from './checkpoints.ts';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import { EmbeddedObjects } from './objects.ts';
import { EmbeddedStream } from './stream.ts';
import { EmbeddedStreamReader } from './stream-reader.ts';

const START = Date.UTC(2026, 10, 23, 10);
let folder: TestFolder;
let stream: EmbeddedStream;
let reader: EmbeddedStreamReader;
let checkpoints: EmbeddedCheckpoints;
let objects: Objects;
let now: number;
let slept: number[];

beforeEach(() => {
  folder = testFolder();
  now = START;
  slept = [];
  stream = new EmbeddedStream({ path: `${folder.path}/events.db`, shards: 1, clock: { now: () => now } });
  reader = new EmbeddedStreamReader(`${folder.path}/events.db`);
  checkpoints = new EmbeddedCheckpoints(`${folder.path}/features.db`);
  objects = new EmbeddedObjects(`${folder.path}/lake`);
});

afterEach(() => {
  stream.close();
  reader.close();
  checkpoints.close();
  folder[Symbol.dispose]();
});

type Step = (numbers: number[], records: readonly StreamRecord[]) => StreamResult | Promise<StreamResult>;

const numberOf = (record: StreamRecord): number => Number(new TextDecoder().decode(record.data));

function consumer(step: Step, change: Partial<ConsumerOptions> = {}): Consumer {
  return new Consumer({
    function: 'features',
    stream: 'events',
    shard: '0',
    batch: { records: 100, windowSeconds: 0 },
    retry: { attempts: 3, maxAgeSeconds: 86_400, bisect: true },
    step: async (records) => step(records.map(numberOf), records),
    reader,
    checkpoints,
    failures: objects,
    clock: { now: () => now },
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
      await nextTurn();
    },
    ...change,
  });
}

async function append(from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  await stream.append(numbers.map((n) => ({ key: `${n % 5}`, data: new TextEncoder().encode(`${n}`) })));
}

/** Runs a consumer until everything in the stream is behind its checkpoint. */
async function drain(running: Consumer): Promise<void> {
  running.start();
  while (running.checkpoint !== reader.head('0')) await nextTurn();
  await running.stop();
}

async function failures(): Promise<{ key: string; body: Record<string, unknown>; numbers: number[] }[]> {
  const { items } = await objects.list({ prefix: 'failures/' });
  return Promise.all(
    items.map(async ({ key }) => {
      const body = JSON.parse(new TextDecoder().decode(await objects.get(key)));
      const numbers = JSON.parse(body.payload).Records.map((record: { kinesis: { data: string } }) =>
        Number(Buffer.from(record.kinesis.data, 'base64').toString()),
      );
      return { key, body, numbers };
    }),
  );
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

it('delivers everything once and in order, in batches of at most the stated size', async () => {
  await append(0, 250);
  const batches: number[][] = [];
  await drain(consumer((numbers) => (batches.push(numbers), {})));
  expect(batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
  expect(batches.flat()).toEqual(range(0, 250));
});

it('bounds a batch by its bytes', async () => {
  const data = new Uint8Array(1_000_000);
  await stream.append(Array.from({ length: 10 }, () => ({ key: 'a', data })));
  const sizes: number[] = [];
  await drain(consumer((numbers) => (sizes.push(numbers.length), {})));
  expect(sizes).toEqual([4, 4, 2]);
});

it('delivers the whole batch again after an error', async () => {
  await append(0, 10);
  const batches: number[][] = [];
  const step: Step = (numbers) => {
    batches.push(numbers);
    if (batches.length < 3) throw new Error('down');
    return {};
  };
  await drain(consumer(step, { retry: { attempts: 3, maxAgeSeconds: 86_400, bisect: false } }));
  expect(batches).toEqual([range(0, 10), range(0, 10), range(0, 10)]);
  expect(await failures()).toEqual([]);
});

it('saves the checkpoint before failedFrom and delivers from there, with everything after it', async () => {
  await append(0, 10);
  const batches: number[][] = [];
  const saved: string[] = [];
  const step: Step = (numbers, records) => {
    batches.push(numbers);
    saved.push(checkpoints.load('events', '0'));
    return batches.length === 1 ? { failedFrom: records[4]?.sequence ?? '' } : {};
  };
  await drain(consumer(step));
  expect(batches).toEqual([range(0, 10), range(4, 10)]);
  expect(saved).toEqual(['', '4']);
  expect(checkpoints.load('events', '0')).toBe('10');
});

it('counts an answer that names a foreign record as a failure of the batch', async () => {
  await append(0, 2);
  const errors: unknown[] = [];
  await drain(consumer(() => ({ failedFrom: '99' }), { onError: (error) => errors.push(error) }));
  expect((await failures()).map((failure) => failure.numbers)).toEqual([[0], [1]]);
  expect(errors[0]).toBeInstanceOf(RangeError);
});

it('finds one poison record by halving, in few attempts, and loses nothing else', async () => {
  await append(0, 1000);
  let attempts = 0;
  const done: number[] = [];
  const step: Step = (numbers) => {
    attempts++;
    if (numbers.includes(637)) throw new Error('poison');
    done.push(...numbers);
    return {};
  };
  await drain(consumer(step, { batch: { records: 1000, windowSeconds: 0 } }));
  expect(done).toEqual(range(0, 1000).filter((n) => n !== 637));
  expect((await failures()).map((failure) => failure.numbers)).toEqual([[637]]);
  // 10 halvings, 1 + 3 attempts at the record alone, and the good halves.
  expect(attempts).toBeLessThanOrEqual(10 + 4 + 10);
});

it('gives a batch up after the stated attempts and keeps the invocation with its payload', async () => {
  await append(0, 3);
  await append(3, 6);
  let attempts = 0;
  const step: Step = (numbers) => {
    if (numbers.includes(1)) {
      attempts++;
      throw new Error('down');
    }
    return {};
  };
  await drain(
    consumer(step, {
      batch: { records: 3, windowSeconds: 0 },
      retry: { attempts: 4, maxAgeSeconds: 86_400, bisect: false },
    }),
  );
  expect(attempts).toBe(5);
  const [failure, ...rest] = await failures();
  expect(rest).toEqual([]);
  expect(failure?.key).toMatch(
    /^failures\/features\/2026-11-23\/2026-11-23T10\.00\.\d\d\.\d{3}Z-0-1-[0-9a-f]+\.json$/,
  );
  expect(failure?.numbers).toEqual([0, 1, 2]);
  expect(failure?.body).toMatchObject({
    version: '1.0',
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 5 },
    KinesisBatchInfo: {
      shardId: '0',
      startSequenceNumber: '1',
      endSequenceNumber: '3',
      batchSize: 3,
      approximateArrivalOfFirstRecord: '2026-11-23T10:00:00.000Z',
    },
  });
});

it('waits longer after each failure, with jitter, up to a bound', async () => {
  await append(0, 1);
  await drain(
    consumer(() => Promise.reject(new Error('down')), {
      retry: { attempts: 12, maxAgeSeconds: 86_400, bisect: true },
    }),
  );
  expect(slept.slice(0, 4)).toEqual([37.5, 75, 150, 300]);
  expect(Math.max(...slept)).toBe(7500);
});

it('waits no longer than it is told to', async () => {
  await append(0, 1);
  await drain(consumer(() => Promise.reject(new Error('down')), { longestPauseMs: 100 }));
  expect(Math.max(...slept)).toBe(75);
});

it('gives nothing up while the disk is full', async () => {
  await append(0, 4);
  const done: number[] = [];
  let refused = 0;
  const step: Step = (numbers) => {
    if (refused++ < 50) throw new WellspringError('disk_full', 'no room');
    done.push(...numbers);
    return {};
  };
  await drain(consumer(step, { retry: { attempts: 1, maxAgeSeconds: 1, bisect: true } }));
  expect(done).toEqual(range(0, 4));
  expect(await failures()).toEqual([]);
});

it('gives a record up when it failed and is too old, but tries a late one at least once', async () => {
  await append(0, 2);
  now += 7_200_000;
  const attempts: number[] = [];
  const step: Step = (numbers) => {
    attempts.push(...numbers);
    if (numbers.includes(0)) throw new Error('down');
    return {};
  };
  await drain(consumer(step, { retry: { attempts: 100, maxAgeSeconds: 3600, bisect: true } }));
  expect(attempts).toEqual([0, 1, 0, 1]);
  expect((await failures()).map((failure) => failure.numbers)).toEqual([[0]]);
  expect((await failures())[0]?.body).toMatchObject({
    requestContext: { condition: 'MaximumRecordAgeExceeded' },
  });
});

it('does not move past a record that could not be kept in failures', async () => {
  await append(0, 1);
  let refused = 0;
  const failing: Objects = {
    ...objects,
    put: async (key, data) => {
      if (refused++ < 5) throw new Error('no room');
      expect(checkpoints.load('events', '0')).toBe('');
      await objects.put(key, data);
    },
  };
  await drain(consumer(() => Promise.reject(new Error('poison')), { failures: failing }));
  expect(refused).toBe(6);
  expect((await failures()).map((failure) => failure.numbers)).toEqual([[0]]);
});

it('delivers again when the checkpoint could not be saved', async () => {
  await append(0, 3);
  const batches: number[][] = [];
  let saves = 0;
  await drain(
    consumer((numbers) => (batches.push(numbers), {}), {
      checkpoints: {
        load: () => '',
        save: () => {
          if (saves++ === 0) throw new Error('no room');
        },
      },
    }),
  );
  expect(batches).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
});

it('lets a running batch finish on stop, saves it, and a new consumer goes on behind it', async () => {
  await append(0, 30);
  const options = { batch: { records: 10, windowSeconds: 0 } };
  const seen: number[] = [];
  const gate = Promise.withResolvers<void>();
  const first = consumer(async (numbers) => {
    seen.push(...numbers);
    await gate.promise;
    return {};
  }, options);
  first.start();
  while (seen.length === 0) await nextTurn();
  const stopped = first.stop();
  gate.resolve();
  await stopped;
  expect(checkpoints.load('events', '0')).toBe('10');
  await drain(consumer((numbers) => (seen.push(...numbers), {}), options));
  expect(seen).toEqual(range(0, 30));
});

const forever: ConsumerOptions['sleep'] = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });

it('stops at once while it waits for records or for another attempt', async () => {
  const waiting = consumer(() => ({}), { sleep: forever });
  waiting.start();
  await nextTurn();
  await waiting.stop();
  await append(0, 1);
  const tried = Promise.withResolvers<void>();
  const failing = consumer(
    () => {
      tried.resolve();
      throw new Error('down');
    },
    { sleep: forever },
  );
  failing.start();
  await tried.promise;
  await failing.stop();
  expect(checkpoints.load('events', '0')).toBe('');
});

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await nextTurn();
}

it('waits for the window of the oldest record, or until the batch is full', async () => {
  const batches: { at: number; numbers: number[] }[] = [];
  let wakeUp: (() => void) | undefined;
  const sleeping = consumer((numbers) => (batches.push({ at: now - START, numbers }), {}), {
    batch: { records: 4, windowSeconds: 2 },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        slept.push(ms);
        wakeUp = () => {
          now += ms;
          resolve(undefined);
        };
        signal.addEventListener('abort', resolve, { once: true });
      }),
  });
  sleeping.start();
  await append(0, 1);
  sleeping.notify();
  await turns();
  now += 500;
  await append(1, 2);
  sleeping.notify();
  await turns();
  expect(batches).toEqual([]);
  expect(slept.at(-1)).toBe(1500);
  wakeUp?.();
  await turns();
  expect(batches).toEqual([{ at: 2000, numbers: [0, 1] }]);
  await append(2, 6);
  sleeping.notify();
  await turns();
  expect(batches.at(-1)).toEqual({ at: 2000, numbers: [2, 3, 4, 5] });
  await sleeping.stop();
});

it('finds new records by itself when nobody tells', async () => {
  const seen: number[] = [];
  const running = consumer((numbers) => (seen.push(...numbers), {}));
  running.start();
  for (let i = 0; i < 5; i++) await nextTurn();
  await append(0, 3);
  while (seen.length === 0) await nextTurn();
  await running.stop();
  expect(seen).toEqual([0, 1, 2]);
});

it('takes what is there at once when it is told to hurry, and waits again afterwards', async () => {
  const batches: number[][] = [];
  const running = consumer((numbers) => (batches.push(numbers), {}), {
    batch: { records: 100, windowSeconds: 3600 },
  });
  await append(0, 3);
  running.hurry();
  running.start();
  while (batches.length === 0) await nextTurn();
  expect(batches).toEqual([[0, 1, 2]]);
  expect(now).toBeLessThan(START + 3600_000);
  slept.length = 0;
  await append(3, 4);
  while (batches.length === 1) await nextTurn();
  await running.stop();
  expect(Math.max(...slept)).toBeGreaterThan(1_000_000);
});
