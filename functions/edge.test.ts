import { describe, expect, it } from 'vitest';
import { EmfMetrics } from '../adapters/aws/metrics.ts';
import type { Aws } from '../adapters/aws/services.ts';
import { WellspringError } from '../domain/errors.ts';
import type { StreamRecord } from '../domain/ports.ts';
import { lambdaContext, lambdaEvent } from '../test/fixtures/lambda.ts';
import type { FunctionName } from './chain.ts';
import { type EdgeHost, httpEdge, scheduleEdge, streamEdge } from './edge.ts';
import { type HttpRequest, json } from './http.ts';

const context = lambdaContext('test');

/** A host whose log and metrics are lines in an array, and whose clock moves 5 ms per look. */
function makeHost<F extends FunctionName>() {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const clock = { now: () => 0 };
  let ms = 0;
  let connections = 0;
  const host: EdgeHost<F> = {
    connect: (name): Promise<Aws<F>> => {
      connections += 1;
      const metrics = new EmfMetrics({ clock, write });
      return Promise.resolve({ name, settings: {}, metrics, base: { clock, metrics, secret: '' } });
    },
    write,
    now: () => (ms += 5),
  };
  return {
    host,
    lines,
    log: () => lines.map((line): unknown => JSON.parse(line)),
    connections: () => connections,
  };
}

describe('a function behind routes', () => {
  it('gets the request in plain values and its reply goes back as API Gateway wants it', async () => {
    const { host } = makeHost<'collect'>();
    const seen: HttpRequest[] = [];
    const handler = httpEdge(
      'collect',
      () => async (request) => {
        seen.push(request);
        return json(200, { success: true }, { 'cache-control': 'no-store' });
      },
      host,
    );
    const reply = await handler(lambdaEvent('http-batch'), context);
    expect(seen).toMatchObject([
      { method: 'POST', path: '/v1/batch', ip: '203.0.113.9', requestId: 'Vx3yQhPpjoEEJcw=' },
    ]);
    expect(seen[0]?.headers['authorization']).toBe('Basic d2tfdGVzdDo=');
    expect(Buffer.from(seen[0]?.body ?? []).toString()).toBe(lambdaEvent('http-batch')['body']);
    expect(reply).toEqual({
      statusCode: 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-request-id': 'Vx3yQhPpjoEEJcw=',
      },
      body: '{"success":true}',
      isBase64Encoded: false,
    });
  });

  it('gets bodies that are not text byte by byte, and may answer with such', async () => {
    const { host } = makeHost<'collect'>();
    const bytes = Buffer.from([0x1f, 0x8b, 0, 255]);
    const handler = httpEdge(
      'collect',
      () => async (request) => ({ status: 200, headers: {}, body: request.body }),
      host,
    );
    const event = { ...lambdaEvent('http-batch'), body: bytes.toString('base64'), isBase64Encoded: true };
    expect(await handler(event, context)).toMatchObject({
      body: bytes.toString('base64'),
      isBase64Encoded: true,
    });
  });

  it('gets an empty body and the query where the event has none and one', async () => {
    const { host } = makeHost<'collect'>();
    const handler = httpEdge(
      'collect',
      () =>
        async ({ body, query }) =>
          json(200, { bytes: body.length, a: query.getAll('a') }),
      host,
    );
    const event = { ...lambdaEvent('http-health'), rawQueryString: 'a=1&a=%20' };
    expect(await handler(event, context)).toMatchObject({ body: '{"bytes":0,"a":["1"," "]}' });
  });

  it('answers 503 and when to come back to an error that a retry can help', async () => {
    const { host, log } = makeHost<'collect'>();
    const handler = httpEdge(
      'collect',
      () => () => Promise.reject(new WellspringError('table_unavailable', 'the table throttles')),
      host,
    );
    const reply = await handler(lambdaEvent('http-batch'), context);
    expect(reply).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect(JSON.parse(reply.body)).toMatchObject({
      error: { code: 'table_unavailable', requestId: 'Vx3yQhPpjoEEJcw=' },
    });
    expect(log()).toMatchObject([{ level: 'info', status: 503 }]);
  });

  it('fails the invocation on an error it does not know, and shows name and place but not its text', async () => {
    const { host, lines, log } = makeHost<'collect'>();
    const handler = httpEdge(
      'collect',
      () => () => Promise.reject(new SyntaxError('Unexpected token in "ada@example.com"')),
      host,
    );
    const failure = await handler(lambdaEvent('http-batch'), context).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'SyntaxError', message: 'collect failed: SyntaxError' });
    expect(failure instanceof Error && failure.stack).toContain('edge.test.ts');
    expect(log()).toMatchObject([{ level: 'error', error: 'SyntaxError', requestId: 'Vx3yQhPpjoEEJcw=' }]);
    expect(`${lines}${failure instanceof Error ? failure.stack : ''}`).not.toContain('ada@example.com');
  });

  it('logs one line of figures, without path, address, header or body', async () => {
    const { host, lines, log } = makeHost<'collect'>();
    const handler = httpEdge('collect', () => async () => json(200, { success: true }), host);
    await handler(lambdaEvent('http-batch'), context);
    expect(log()).toEqual([
      { level: 'info', function: 'collect', requestId: 'Vx3yQhPpjoEEJcw=', status: 200, ms: 5 },
    ]);
    expect(lines.join()).not.toMatch(/batch|203\.0|d2tf|ada/);
  });
});

describe('a function behind a stream', () => {
  it('gets one shard in order, decoded, with arrival times', async () => {
    const { host, log } = makeHost<'clean'>();
    const seen: StreamRecord[] = [];
    const handler = streamEdge(
      'clean',
      () => async (records) => {
        seen.push(...records);
        return {};
      },
      host,
    );
    expect(await handler(lambdaEvent('kinesis'), context)).toEqual({ batchItemFailures: [] });
    expect(seen.map(({ data, ...record }) => ({ ...record, text: Buffer.from(data).toString() }))).toEqual([
      {
        shard: 'shardId-000000000003',
        sequence: '49668899999999999999999999999999999999999999990000000002',
        key: '7',
        arrivedAt: 1_795_449_600_123,
        text: 'hello',
      },
      {
        shard: 'shardId-000000000003',
        sequence: '49668899999999999999999999999999999999999999990000000003',
        key: '2',
        arrivedAt: 1_795_449_600_456,
        text: 'world',
      },
    ]);
    expect(log()).toMatchObject([{ function: 'clean', records: 2, failed: false }]);
  });

  it('names the lowest record to deliver again', async () => {
    const { host, log } = makeHost<'clean'>();
    const handler = streamEdge(
      'clean',
      () => async (records) => ({ failedFrom: records[1]?.sequence ?? '' }),
      host,
    );
    expect(await handler(lambdaEvent('kinesis'), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: '49668899999999999999999999999999999999999999990000000003' }],
    });
    expect(log()).toMatchObject([{ records: 2, failed: true }]);
  });

  it('fails as a whole when the step throws, even with an error that a retry can help', async () => {
    const { host } = makeHost<'clean'>();
    const handler = streamEdge(
      'clean',
      () => () => Promise.reject(new WellspringError('table_unavailable', 'the table throttles')),
      host,
    );
    await expect(handler(lambdaEvent('kinesis'), context)).rejects.toThrow('clean failed: table_unavailable');
  });

  it('fails on an event that is none of Kinesis', async () => {
    const { host } = makeHost<'clean'>();
    const handler = streamEdge('clean', () => async () => ({}), host);
    await expect(handler({ Records: [{ eventSource: 'aws:sqs' }] }, context)).rejects.toThrow('clean failed');
  });
});

describe('every function', () => {
  it('connects at its first invocation and once', async () => {
    const { host, connections } = makeHost<'compact'>();
    let made = 0;
    const handler = scheduleEdge(
      'compact',
      () => {
        made += 1;
        return async () => ({ hours: 3 });
      },
      host,
    );
    expect(connections()).toBe(0);
    await handler(lambdaEvent('schedule'), context);
    await handler(lambdaEvent('schedule'), context);
    expect([connections(), made]).toEqual([1, 1]);
  });

  it('connects again after a start that failed', async () => {
    const { host, connections } = makeHost<'compact'>();
    let broken = true;
    const flaky: EdgeHost<'compact'> = {
      ...host,
      connect: (name) => (broken ? Promise.reject(new Error('no network')) : host.connect(name)),
    };
    const handler = scheduleEdge('compact', () => async () => ({ hours: 3 }), flaky);
    await expect(handler(lambdaEvent('schedule'), context)).rejects.toThrow('compact failed: Error');
    broken = false;
    expect(await handler(lambdaEvent('schedule'), context)).toEqual({ hours: 3 });
    expect(connections()).toBe(1);
  });

  it('writes its metrics at the end of each invocation, failed or not', async () => {
    const { host, log } = makeHost<'compact'>();
    const handler = scheduleEdge(
      'compact',
      (aws) => async () => {
        aws.metrics.count('rows', 7);
        throw new Error('late');
      },
      host,
    );
    await expect(handler(lambdaEvent('schedule'), context)).rejects.toThrow('compact failed');
    expect(log()).toMatchObject([{ level: 'error', requestId: context.awsRequestId }, { rows: [7] }]);
  });
});
