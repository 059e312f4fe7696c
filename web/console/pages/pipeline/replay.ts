/** Sends refused events through the chain again. */
import { quarantineReasons } from '../../../../events/reasons.ts';
import type { Reply } from '../../../api/client.ts';
import { api } from '../../api.ts';

export type Reason = keyof typeof quarantineReasons;
export type Entry = Reply<'GET /api/quarantine'>['items'][number];

const isReason = (name: string): name is Reason => Object.hasOwn(quarantineReasons, name);
export const reasonNames: readonly Reason[] = Object.keys(quarantineReasons).filter(isReason);

export interface Sent {
  readonly replayed: number;
  /** Known already, not kept whole, or gone. */
  readonly left: number;
}

const sentOf = (reply: Reply<'POST /api/quarantine/replay'>): Sent => ({
  replayed: reply.replayed,
  left: reply.repeated + reply.incomplete + reply.unknown,
});

/** One event, as somebody mended it. */
export async function resend({ receipt, receivedAt }: Entry, text: string): Promise<Sent> {
  const body = { items: [{ receipt, receivedAt, text }] };
  return sentOf(await api.call('POST /api/quarantine/replay', { body }));
}

/** Entries of one page; their receipts alone go back. */
const PAGE = 200;

/** All events that were refused for a reason, page by page, as they came. */
export async function resendAll(reason: Reason): Promise<Sent> {
  let [replayed, left] = [0, 0];
  let cursor: string | undefined;
  do {
    const query = { reason, limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const page = await api.call('GET /api/quarantine', { query });
    const items = page.items.map(({ receipt, receivedAt }) => ({ receipt, receivedAt }));
    if (items.length > 0) {
      const sent = sentOf(await api.call('POST /api/quarantine/replay', { body: { items } }));
      replayed += sent.replayed;
      left += sent.left;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { replayed, left };
}
