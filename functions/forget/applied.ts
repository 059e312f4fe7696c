/**
 * Whether everybody on the suppression list is erased here. The list lies outside of what a backup brings back: where the two
 * disagree, one was put back, and everybody on the list is erased once more.
 */
import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Key, Table } from '../../domain/ports.ts';
import { suppressionEntries } from '../../domain/vault/suppression.ts';
import type { ForgetServices } from './work.ts';

type Tables = Pick<ForgetServices['tables'], 'privacy' | 'suppression'>;

const keyOf = (tenant: string): Key => ({ pk: `${tenant}#applied`, sk: 'A' });
const appliedSchema = z.object({ digest: z.string() });

async function erasedOn(table: Table, tenant: string): Promise<{ subjects: string[]; digest: string }> {
  const subjects: string[] = [];
  for await (const { subject, reason } of suppressionEntries(table, tenant))
    if (reason === 'erased') subjects.push(subject);
  return { subjects, digest: hash('sha256', subjects.sort().join('\n'), 'hex') };
}

/** Notes that everybody who is on the list now is erased, or has an open request. */
export async function noteApplied({ privacy, suppression }: Tables, tenant: string): Promise<void> {
  const { digest } = await erasedOn(suppression, tenant);
  await privacy.put([{ ...keyOf(tenant), data: new TextEncoder().encode(JSON.stringify({ digest })) }]);
}

/** Everybody on the list, where it is not the one that was noted; else nobody. */
export async function toApply({ privacy, suppression }: Tables, tenant: string): Promise<string[]> {
  const { subjects, digest } = await erasedOn(suppression, tenant);
  const [item] = await privacy.get([keyOf(tenant)], { consistent: true });
  const noted = item && appliedSchema.parse(JSON.parse(new TextDecoder().decode(item.data)));
  return noted?.digest === digest ? [] : subjects;
}
