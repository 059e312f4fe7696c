/**
 * List prices in US dollars, US East (N. Virginia), as published in August 2026, without free tiers and volume
 * discounts. Taken from the price files of a public cost estimation tool.
 */
export const prices = {
  date: '2026-08',
  /** HTTP API, per request of up to 512 KB. */
  httpRequest: 1.0 / 1e6,
  /** Lambda on arm64, per request and per GB-second. */
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.0000133334,
  /** Kinesis on demand, per stream and hour, per GB written (each record rounded up to 1 KB) and per GB read. */
  streamHour: 0.04,
  onDemandGbIn: 0.08,
  onDemandGbOut: 0.04,
  /** Kinesis with provisioned shards, per shard and hour and per unit of 25 KB written. */
  shardHour: 0.015,
  putUnit: 0.014 / 1e6,
  /** DynamoDB on demand, per write and read unit. */
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** S3 standard, per PUT. */
  s3Put: 0.005 / 1000,
} as const;
