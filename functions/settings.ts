/** Names of the variables that `infra/` sets and the handlers parse. One place, used by both sides. */
import type { StreamName, TableName } from './chain.ts';

export const variables = {
  lake: 'WELLSPRING_LAKE_BUCKET',
  secret: 'WELLSPRING_SECRET_ARN',
  stream: (name: StreamName): string => `WELLSPRING_STREAM_${name.toUpperCase()}`,
  table: (name: TableName): string => `WELLSPRING_TABLE_${name.toUpperCase()}`,
} as const;
