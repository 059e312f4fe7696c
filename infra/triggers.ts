/** What sets a function off: a stream with its retries, or a clock. Routes are in `http-api.ts`. */
import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  type Function as LambdaFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ScheduleTrigger, StreamTrigger } from '../functions/chain.ts';
import type { DataStack } from './data-stack.ts';

/** Delivers a stream's records, in order per shard, until they are done or given up on. */
export function addStream(
  scope: Construct,
  target: LambdaFunction,
  trigger: StreamTrigger,
  data: DataStack,
): EventSourceMapping {
  const { batch, retry, stream } = trigger;
  const mapping = new EventSourceMapping(scope, 'Mapping', {
    target,
    eventSourceArn: data.streams[stream].streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: batch.records,
    maxBatchingWindow: Duration.seconds(batch.window.aws),
    // More than one reader per shard would break the ledger's watermark.
    parallelizationFactor: 1,
    bisectBatchOnError: retry.bisect,
    retryAttempts: retry.attempts,
    maxRecordAge: Duration.seconds(retry.maxAgeSeconds),
    reportBatchItemFailures: true,
    // S3 keeps the records themselves; a queue would keep only their numbers. The grant is in `grants.ts`.
    onFailure: { bind: () => ({ destination: data.failures.bucketArn }) },
    supportS3OnFailureDestination: true,
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  });
  // The mapping is refused as long as the role may not read the stream.
  if (target.role) mapping.node.addDependency(target.role);
  return mapping;
}

const ATTEMPTS = 2;
const PATIENCE = Duration.minutes(30);

/** Calls the function every so many minutes; what could not be delivered or done goes to `undelivered`. */
export function addSchedule(
  scope: Construct,
  target: LambdaFunction,
  trigger: ScheduleTrigger,
  undelivered: IQueue,
): void {
  target.configureAsyncInvoke({
    retryAttempts: ATTEMPTS,
    maxEventAge: PATIENCE,
    onFailure: new SqsDestination(undelivered),
  });
  const role = new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
  });
  const allow = (sid: string, action: string, resource: string): void => {
    role.addToPolicy(
      new PolicyStatement({ sid, effect: Effect.ALLOW, actions: [action], resources: [resource] }),
    );
  };
  allow('Call', 'lambda:InvokeFunction', target.functionArn);
  allow('GiveUp', 'sqs:SendMessage', undelivered.queueArn);
  const schedule = new CfnSchedule(scope, 'Schedule', {
    scheduleExpression: `rate(${trigger.everyMinutes} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: target.functionArn,
      roleArn: role.roleArn,
      retryPolicy: { maximumRetryAttempts: ATTEMPTS, maximumEventAgeInSeconds: PATIENCE.toSeconds() },
      deadLetterConfig: { arn: undelivered.queueArn },
    },
  });
  schedule.node.addDependency(role);
}
