/** `wellspring aws create-source`: a key for a source of a deployed system. */
import { dynamo } from '../../adapters/aws/clients.ts';
import { AwsTable } from '../../adapters/aws/table.ts';
import { type KeyKind, newKey, registration } from '../../domain/keys.ts';

export interface SourceOptions {
  /** Name of the table of sources, as the deploy printed it. */
  readonly table: string;
  readonly region?: string;
  readonly tenant: string;
  readonly source: string;
  readonly kind: KeyKind;
  /** Events per second that the key may send. */
  readonly rate: number;
}

/** Makes a key, makes it known, and returns it: the only time it can be seen. */
export async function createSource(options: SourceOptions): Promise<string> {
  if (options.region !== undefined) process.env['AWS_REGION'] = options.region;
  const table = new AwsTable({
    client: dynamo(),
    name: options.table,
    clock: { now: () => Date.now() },
  });
  const key = newKey(options.kind);
  const { tenant, source, kind, rate } = options;
  await table.put([registration(key, { tenant, source, kind, disabled: false, eventsPerSecond: rate })]);
  return key;
}
