/** The middleware every function has: one log line per invocation, metrics written, errors without their texts. */
import type { FunctionName } from './chain.ts';
import { codeOf, framesOf } from './error-place.ts';

/** Counts and durations; never an identifier, a path or a payload. */
export type Fields = Readonly<Record<string, string | number | boolean>>;

export interface Watch<Result> {
  readonly name: FunctionName;
  /** Writes one line, with its line end. */
  readonly write: (line: string) => void;
  /** ms since any fixed moment. */
  readonly now: () => number;
  readonly describe: (event: unknown, result: Result) => Fields;
  /** Writes the metrics of this invocation. */
  readonly flush: () => void;
}

/** The request's own id where it has one: it is what an error reply names and the access log holds. */
function idOf(event: unknown, fallback: string): string {
  if (typeof event !== 'object' || event === null || !('requestContext' in event)) return fallback;
  const { requestContext: context } = event;
  if (typeof context !== 'object' || context === null || !('requestId' in context)) return fallback;
  return typeof context.requestId === 'string' ? context.requestId : fallback;
}

/**
 * Lambda prints the error that a function fails with, and texts of errors can quote what was parsed. So the
 * error goes on under its name and place alone.
 */
function withoutText(error: unknown, name: FunctionName): Error {
  const bare = new Error(`${name} failed: ${codeOf(error)}`);
  bare.name = error instanceof Error ? error.name : 'Error';
  bare.stack = [`${bare.name}: ${bare.message}`, ...framesOf(error).map((line) => `    ${line}`)].join('\n');
  return bare;
}

/** An invocation as middy hands it to its middlewares. */
interface Invocation<Result> {
  readonly event: unknown;
  readonly context: { readonly awsRequestId: string };
  readonly response: Result | null | undefined;
  error: Error | null | undefined;
}

interface Middleware<Result> {
  readonly before: (invocation: Invocation<Result>) => void;
  readonly after: (invocation: Invocation<Result>) => void;
  readonly onError: (invocation: Invocation<Result>) => void;
}

export function watch<Result>(options: Watch<Result>): Middleware<Result> {
  const { name, write, now, describe, flush } = options;
  const started = new WeakMap<object, number>();
  const line = (level: string, request: Invocation<Result>, fields: Fields): void => {
    const ms = Math.round(now() - (started.get(request) ?? now()));
    const requestId = idOf(request.event, request.context.awsRequestId);
    write(`${JSON.stringify({ level, function: name, requestId, ...fields, ms })}\n`);
    flush();
  };
  return {
    before: (request) => {
      started.set(request, now());
    },
    after: (request) => {
      const { event, response } = request;
      line('info', request, response ? describe(event, response) : {});
    },
    onError: (request) => {
      const { error } = request;
      line('error', request, { error: codeOf(error), at: framesOf(error).join(' ') });
      request.error = withoutText(error, name);
    },
  };
}
