/**
 * The service clients, made when first used and then shared. Region and endpoints come from the environment.
 * The marks let a bundler leave out the clients that a function does not use.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export const dynamo = /* @__PURE__ */ once(() => new DynamoDBClient());
export const kinesis = /* @__PURE__ */ once(() => new KinesisClient());
export const s3 = /* @__PURE__ */ once(() => new S3Client());
/** A slow endpoint counts as one that does not answer: scores have a fallback, and nobody waits for them. */
export const sageMaker = /* @__PURE__ */ once(
  () =>
    new SageMakerRuntimeClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
    }),
);
