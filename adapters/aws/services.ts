/**
 * The composition for Lambda. A handler names the ports it wants and the type of its services follows the map,
 * so it can neither miss one nor take one too many; names of real resources come from its settings.
 */
import type { EndpointName, FunctionName, StreamName, TableName } from '../../functions/chain.ts';
import type { Base, Services } from '../../functions/services.ts';
import { readSettings, type Settings, settingOf, variables } from '../../functions/settings.ts';
import { dynamo, kinesis, s3, sageMaker } from './clients.ts';
import { AwsEndpoint } from './endpoint.ts';
import { EmfMetrics } from './metrics.ts';
import { AwsObjects } from './objects.ts';
import { readSecret } from './secret.ts';
import { AwsStream, decodeRecord, encodeRecord } from './stream.ts';
import { AwsTable } from './table.ts';
import { AwsTail } from './tail.ts';

/** What a function has before it names its ports. */
export interface Aws<F extends FunctionName> {
  readonly name: F;
  readonly settings: Settings;
  readonly base: Base;
  readonly metrics: EmfMetrics;
}

/** Reads settings and secret. Clients are made when a port is first used. */
export async function connect<F extends FunctionName>(name: F): Promise<Aws<F>> {
  const settings = readSettings(name, process.env);
  const clock = { now: () => Date.now() };
  const metrics = new EmfMetrics({ clock });
  const secret = await readSecret(settingOf(settings, variables.secret));
  return { name, settings, metrics, base: { clock, metrics, secret } };
}

export const streamOf = <F extends FunctionName>(
  { settings }: Aws<F>,
  name: StreamName & keyof Services<F>['streams'],
): AwsStream => new AwsStream({ client: kinesis(), name: settingOf(settings, variables.stream(name)) });

/** Watches one of the streams that the map lets a function read. */
export const tailOf = <F extends FunctionName>({ settings }: Aws<F>, name: StreamName): AwsTail =>
  new AwsTail({ client: kinesis(), name: settingOf(settings, variables.stream(name)) });

export const tableOf = <F extends FunctionName>(
  { settings, base }: Aws<F>,
  name: TableName & keyof Services<F>['tables'],
): AwsTable =>
  new AwsTable({
    client: dynamo(),
    name: settingOf(settings, variables.table(name)),
    clock: base.clock,
  });

export const objectsOf = <F extends FunctionName>({ settings }: Aws<F>): AwsObjects =>
  new AwsObjects({ client: s3(), bucket: settingOf(settings, variables.lake) });

/** Records that were given up on, as Lambda writes them. */
export const failuresOf = <F extends FunctionName>({ settings }: Aws<F>) => ({
  objects: new AwsObjects({ client: s3(), bucket: settingOf(settings, variables.failures) }),
  prefix: 'aws/lambda/',
  coding: { decode: decodeRecord, encode: encodeRecord },
});

/** How long anything is held that cannot be changed. */
export function retentionOf<F extends FunctionName>({ settings, base }: Aws<F>) {
  const heldMs = Number(settingOf(settings, variables.heldHours)) * 3_600_000;
  return {
    until: (at: number) => at + heldMs,
    isOver: (at: number) => base.clock.now() > at + heldMs,
  };
}

export const endpointOf = <F extends FunctionName>({ settings }: Aws<F>, name: EndpointName): AwsEndpoint =>
  new AwsEndpoint({ client: sageMaker(), prefix: settingOf(settings, variables.endpoint(name)) });
