/** Names of the variables that `infra/` sets and the handlers parse. One place, used by both sides. */
import * as z from 'zod/mini';
import { WellspringError } from '../domain/errors.ts';
import { type EndpointName, entryOf, type FunctionName, type StreamName, type TableName } from './chain.ts';
import { usesOf } from './uses.ts';

export const variables = {
  lake: 'WELLSPRING_LAKE_BUCKET',
  /** A bucket of its own, into which the platform writes. */
  failures: 'WELLSPRING_FAILURES_BUCKET',
  heldHours: 'WELLSPRING_HELD_HOURS',
  secret: 'WELLSPRING_SECRET_ARN',
  stream: (name: StreamName): string => `WELLSPRING_STREAM_${name.toUpperCase()}`,
  table: (name: TableName): string => `WELLSPRING_TABLE_${name.toUpperCase()}`,
  endpoint: (name: EndpointName): string => `WELLSPRING_ENDPOINT_${name.toUpperCase()}`,
} as const;

/** Under which CloudWatch keeps what functions count. */
export const metricsNamespace = 'Wellspring';

/** Every variable that the function's entry in the map calls for, and no other. */
export function variablesOf(name: FunctionName): string[] {
  const uses = usesOf(name);
  return [
    variables.secret,
    ...[...uses.streams.keys()].map(variables.stream),
    ...[...uses.tables.keys()].map(variables.table),
    ...(uses.folders.size > 0 ? [variables.lake] : []),
    ...(uses.folders.has('failures') ? [variables.failures] : []),
    ...(entryOf(name).outlasts ? [variables.heldHours] : []),
    ...[...uses.endpoints.keys()].map(variables.endpoint),
  ];
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type Settings = Readonly<Record<string, string>>;

const filled = z.string().check(
  z.trim(),
  z.minLength(1),
  z.refine((text) => text !== 'undefined'),
);

/**
 * Reads a function's settings once, at its cold start.
 * @throws WellspringError `invalid_settings` that names every missing variable, never a value.
 */
export function readSettings(name: FunctionName, environment: Environment): Settings {
  const shape = Object.fromEntries(variablesOf(name).map((variable) => [variable, filled]));
  const parsed = z.object(shape).safeParse(environment);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map((issue) => issue.path.join('.'));
  throw new WellspringError('invalid_settings', `${name} needs the variables ${missing.join(', ')}.`);
}

/** One value of parsed settings. @throws WellspringError `invalid_settings` for a name the map does not give. */
export function settingOf(settings: Settings, variable: string): string {
  const value = settings[variable];
  if (value === undefined) throw new WellspringError('invalid_settings', `${variable} is not in the map.`);
  return value;
}
