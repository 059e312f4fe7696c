/** What alarms and the dashboard look at. */
import type { Stack } from 'aws-cdk-lib';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { FunctionName, WorkflowName } from '../functions/chain.ts';
import type { ChainFunction } from './chain-function.ts';
import type { ChainApi } from './http-api.ts';

export interface RunningChain extends Stack {
  readonly functions: ReadonlyMap<FunctionName, ChainFunction>;
  readonly mappings: ReadonlyMap<FunctionName, EventSourceMapping>;
  readonly workflows: ReadonlyMap<WorkflowName, IStateMachine>;
  readonly api: ChainApi;
  /** Scheduled calls that could not be delivered or kept failing. */
  readonly undelivered: IQueue;
}
