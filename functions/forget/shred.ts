/** The person's data keys and ids go: whatever was sealed with them can be read by nobody any more, in no copy of it. */
import { noCounts } from '../../domain/privacy/request.ts';
import { vaultKey } from '../../domain/vault/item.ts';
import type { Done, Work } from './work.ts';

export async function shred({ services, request }: Work): Promise<Done> {
  const { vault } = services.tables;
  const keys = request.subjects.map((subject) => vaultKey(request.tenant, subject));
  const items = (await vault.get(keys, { consistent: true })).filter((item) => item !== undefined);
  await vault.delete(keys);
  const bytes = items.reduce((sum, { data }) => sum + data.length, 0);
  return { counts: { ...noCounts, scanned: keys.length, changed: items.length, bytes } };
}
