/** The system with one of its safeties taken out. */
import { setTimeout as after } from 'node:timers/promises';
import { WellspringError } from '../../domain/errors.ts';
import type { Stream, Table, Write } from '../../domain/ports.ts';
import { decodeProfile, encodeProfile, PROFILE, type Profile } from '../../domain/profile/item.ts';
import type { Sabotage } from './settings.ts';

const LATE_MS = 300;
/** Of the writes that are split in two, these miss their second half: few, so that the function gets ahead. */
const TORN_APART = [2, 4, 6];

export const bound = (inner: Table): Table => ({
  get: (keys, options) => inner.get(keys, options),
  put: (writes) => inner.put(writes),
  delete: (keys) => inner.delete(keys),
  query: (query) => inner.query(query),
  queryIndex: (query) => inner.queryIndex(query),
  scan: (query) => inner.scan(query),
});

export function profileOf({ pk, data, expect = 0 }: Write): Profile {
  const [tenant = '', id = ''] = pk.split('#');
  return decodeProfile(tenant, id, { pk, sk: PROFILE, data, version: expect });
}

/** Beneath the faults. */
export function sabotagedStream(inner: Stream, thread: string, sabotage: Sabotage | undefined): Stream {
  return thread === 'collect' && sabotage === 'ack-before-durability' ? late(inner) : inner;
}

/** Above the faults. */
export function carelessStream(inner: Stream, sabotage: Sabotage | undefined): Stream {
  return sabotage === 'drop-on-throttle' ? dropping(inner) : inner;
}

export function sabotagedProfiles(inner: Table, sabotage: Sabotage | undefined): Table {
  switch (sabotage) {
    case 'no-condition':
      return { ...bound(inner), put: (writes) => inner.put(writes.map(unconditional)) };
    case 'dedup-before-effect':
      return markingFirst(inner);
    case 'publish-without-outbox':
      return { ...bound(inner), put: (writes) => inner.put(writes.map(withoutOutbox)) };
    default:
      return inner;
  }
}

const unconditional = ({ pk, sk, data, index, expiresAt }: Write): Write => ({
  pk,
  sk,
  data,
  ...(index !== undefined && { index }),
  ...(expiresAt !== undefined && { expiresAt }),
});

/** Answers at once and stores later. */
const late = (inner: Stream): Stream => ({
  append: async (records) => {
    void after(LATE_MS)
      .then(() => inner.append(records))
      .catch(() => {});
  },
});

/** What was throttled is gone, and nobody hears of it. */
const dropping = (inner: Stream): Stream => ({
  append: async (records) => {
    await inner.append(records).catch((error: unknown) => {
      if (!(error instanceof WellspringError)) throw error;
    });
  },
});

/** Remembers messages in one write and applies them in the next; now and then the second does not happen. */
function markingFirst(inner: Table): Table {
  let calls = 0;
  const put = async (writes: readonly Write[]): ReturnType<Table['put']> => {
    const before = await inner.get(writes, { consistent: true });
    const marks = writes.map((write, i) => onlyMarks(write, before[i]?.data));
    const marked = await inner.put(marks);
    const split = marks.some(
      ({ data }, i) =>
        marked[i]?.outcome === 'written' && Buffer.compare(data, writes[i]?.data ?? data) !== 0,
    );
    if (split && TORN_APART.includes(++calls))
      throw new WellspringError('table_unavailable', 'injected: died between two writes');
    return inner.put(
      writes.map((write, i) => {
        const result = marked[i];
        return result?.outcome === 'written' ? { ...write, expect: result.version } : write;
      }),
    );
  };
  return { ...bound(inner), put };
}

function onlyMarks(write: Write, before: Uint8Array | undefined): Write {
  if (write.sk !== PROFILE || !before) return write;
  const { recent, meta } = profileOf(write);
  return { ...write, data: encodeProfile({ ...profileOf({ ...write, data: before }), recent, meta }) };
}

function withoutOutbox(write: Write): Write {
  if (write.sk !== PROFILE) return write;
  const profile = profileOf(write);
  return { ...write, data: encodeProfile({ ...profile, meta: { ...profile.meta, out: [] } }) };
}
