/**
 * The Lambda edge: an event in, a step called, its outcome out. What it does not understand it does not swallow:
 * the invocation fails, and the platform delivers it again.
 */
import withMiddleware from '@middy/core';
import type { Context } from 'aws-lambda';
import { fromReply, type GatewayReply, toRequest } from '../adapters/aws/http.ts';
import { countRecords, toRecords } from '../adapters/aws/kinesis-event.ts';
import { type Aws, connect } from '../adapters/aws/services.ts';
import { WellspringError } from '../domain/errors.ts';
import type { StreamStep } from '../domain/ports.ts';
import type { FunctionName } from './chain.ts';
import { type Fields, watch } from './edge-log.ts';
import { type HttpReply, type HttpRequest, json } from './http.ts';
import { TaskError } from './task-error.ts';

/** What the edge takes from outside; tests pass their own. */
export interface EdgeHost<F extends FunctionName> {
  readonly connect: (name: F) => Promise<Aws<F>>;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

export type Handler<Result> = (event: unknown, context: Context) => Promise<Result>;

export interface BatchReply {
  /** The lowest record to deliver again, and with it everything after it; empty when all is done. */
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

type Make<F extends FunctionName, Step> = (aws: Aws<F>) => Step;

const lambda = {
  connect,
  write: (line: string): void => void process.stdout.write(line),
  now: (): number => performance.now(),
};

interface Edge<F extends FunctionName, Step, Result> {
  readonly name: F;
  readonly make: Make<F, Step>;
  readonly host: EdgeHost<F>;
  readonly call: (event: unknown, step: Step) => Promise<Result>;
  readonly describe: (event: unknown, result: Result) => Fields;
}

function edge<F extends FunctionName, Step, Result>(options: Edge<F, Step, Result>): Handler<Result> {
  const { name, make, host, call, describe } = options;
  let aws: Aws<F> | undefined;
  let step: Step | undefined;
  const { write, now } = host;
  // No early timeout: work that went on beside the next invocation would share its memory.
  return withMiddleware<unknown, Result>({ timeoutEarlyInMillis: 0 })
    .use(watch({ name, write, now, describe, flush: () => aws?.metrics.flush() }))
    .handler(async (event: unknown) => {
      // At the first invocation and once; after a failure the next one tries again.
      aws ??= await host.connect(name);
      step ??= make(aws);
      return call(event, step);
    });
}

/** A function behind routes: API Gateway's event, payload version 2, to its reply. */
export function httpEdge<F extends FunctionName>(
  name: F,
  make: Make<F, (request: HttpRequest) => Promise<HttpReply>>,
  host: EdgeHost<F> = lambda,
): Handler<GatewayReply> {
  return edge({
    name,
    make,
    host,
    call: async (event, step) => {
      const request = toRequest(event);
      return fromReply(await step(request).catch(unavailable(request)), request);
    },
    describe: (_, { statusCode }) => ({ status: statusCode }),
  });
}

/** Retryable errors tell the sender to come back; any other fails the invocation, which API Gateway answers with 500. */
const unavailable =
  ({ requestId }: HttpRequest) =>
  (error: unknown): HttpReply => {
    if (!(error instanceof WellspringError && error.retryable)) throw error;
    const { code, fix: message } = error;
    return json(503, { error: { code, message, requestId } }, { 'retry-after': '5' });
  };

/** A function behind a stream: a batch of one shard to the report of what to deliver again. */
export function streamEdge<F extends FunctionName>(
  name: F,
  make: Make<F, StreamStep>,
  host: EdgeHost<F> = lambda,
): Handler<BatchReply> {
  return edge({
    name,
    make,
    host,
    call: async (event, step) => {
      const { failedFrom } = await step(toRecords(event));
      return { batchItemFailures: failedFrom === undefined ? [] : [{ itemIdentifier: failedFrom }] };
    },
    describe: (event, { batchItemFailures }) => ({
      records: countRecords(event),
      failed: batchItemFailures.length > 0,
    }),
  });
}

/** A function behind a clock. Its report, figures alone, goes into the log. */
export function scheduleEdge<F extends FunctionName>(
  name: F,
  make: Make<F, () => Promise<Readonly<Record<string, number>>>>,
  host: EdgeHost<F> = lambda,
): Handler<Readonly<Record<string, number>>> {
  return edge({ name, make, host, call: (_, step) => step(), describe: (_, report) => report });
}

/** A function behind a state machine: a task to its result. It fails under a name that the machine knows. */
export function workflowEdge<F extends FunctionName>(
  name: F,
  make: Make<F, (task: unknown) => Promise<object>>,
  host: EdgeHost<F> = lambda,
): Handler<object> {
  return edge({
    name,
    make,
    host,
    call: (task, step) =>
      step(task).catch((error: unknown) => {
        throw new TaskError(error);
      }),
    describe: () => ({}),
  });
}
