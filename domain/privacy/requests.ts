/** Where requests lie in the table `privacy`: newest first, and the open ones of all tenants under one value of the index. */
import { randomBytes } from 'node:crypto';
import { WellspringError } from '../errors.ts';
import { type Item, type Key, type Page, pages, type Table } from '../ports.ts';
import { type PrivacyRequest, requestSchema } from './request.ts';

const partition = (tenant: string): string => `${tenant}#requests`;
const keyOf = ({ tenant, id }: Pick<PrivacyRequest, 'tenant' | 'id'>): Key => ({
  pk: partition(tenant),
  sk: id,
});
const OPEN = 'open';
/** Later than any time that a date can hold in twelve hexadecimal digits. */
const END = 0xffff_ffff_ffff;

/** Sorts the newest first. `now`: ms. */
export const newRequestId = (now: number): string =>
  (END - now).toString(16).padStart(12, '0') + randomBytes(6).toString('hex');

const encode = (request: PrivacyRequest): Uint8Array => new TextEncoder().encode(JSON.stringify(request));

/** A request with the version of its item. */
export interface Stored {
  readonly request: PrivacyRequest;
  readonly version: number;
}

const decode = (item: Item): Stored => ({
  request: requestSchema.parse(JSON.parse(new TextDecoder().decode(item.data))),
  version: item.version,
});

export async function readRequest(table: Table, tenant: string, id: string): Promise<Stored | undefined> {
  const [item] = await table.get([keyOf({ tenant, id })], { consistent: true });
  return item && decode(item);
}

/**
 * Stores a request on the condition that nobody else has since `version`, 0 for a new one; answers the new version.
 * @throws WellspringError `conflict_persists`.
 */
export async function saveRequest(table: Table, { request, version }: Stored): Promise<number> {
  const open = request.finishedAt === undefined;
  const write = { ...keyOf(request), data: encode(request), expect: version };
  const [result] = await table.put([{ ...write, ...(open && { index: OPEN }) }]);
  if (result?.outcome === 'written') return result.version;
  throw new WellspringError('conflict_persists', 'somebody else works on this request');
}

/** A tenant's requests, newest first. */
export async function listRequests(
  table: Table,
  tenant: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<PrivacyRequest>> {
  const page = await table.query({
    pk: partition(tenant),
    limit,
    ...(cursor !== undefined && { cursor }),
  });
  return { ...page, items: page.items.map((item) => decode(item).request) };
}

/** Requests of all tenants that are not finished. */
export async function openRequests(table: Table): Promise<Stored[]> {
  const open: Stored[] = [];
  for await (const items of pages((from) => table.queryIndex({ index: OPEN, ...from })))
    open.push(...items.map(decode));
  return open;
}
