/** The endpoint contract inside this process, through the local model server, and through SageMaker's client. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsEndpoint } from '../../adapters/aws/endpoint.ts';
import { EmbeddedEndpoint } from '../../adapters/embedded/endpoint.ts';
import { modelsIn } from '../../local/model-server/folder.ts';
import { makeModelServer } from '../../local/model-server/server.ts';
import { type TestFolder, testFolder } from '../fixtures/folder.ts';
import { doublingModel, endpointContract, MODEL, schema, VERSION } from './endpoint.ts';

describe('inside the process', () => {
  const endpoint = new EmbeddedEndpoint({
    resolve: async (model) =>
      model === MODEL ? { version: VERSION, schema, onnx: async () => doublingModel() } : undefined,
  });
  afterAll(() => endpoint.close());
  endpointContract(() => endpoint);

  it('says when nothing serves', async () => {
    await expect(endpoint.predict({ model: 'other', inputs: [] })).rejects.toMatchObject({
      code: 'model_unavailable',
    });
  });

  it('follows the version that serves', async () => {
    let version = '1';
    const changing = new EmbeddedEndpoint({
      resolve: async () => ({ version, schema, onnx: async () => doublingModel() }),
    });
    const asked = {
      model: MODEL,
      inputs: [
        { name: 'x', datatype: 'FP32', shape: [1, 2], data: new Float32Array(2) },
        { name: 'n', datatype: 'INT64', shape: [1], data: new BigInt64Array(1) },
      ],
    } as const;
    expect((await changing.predict(asked)).version).toBe('1');
    version = '2';
    expect((await changing.predict(asked)).version).toBe('2');
    await changing.close();
  });
});

describe('over HTTP', () => {
  let folder: TestFolder;
  let served: ReturnType<typeof makeModelServer>;
  let url: string;
  const sageMaker = mockClient(SageMakerRuntimeClient);
  let busy = false;

  beforeAll(async () => {
    folder = testFolder();
    for (const version of ['2', VERSION]) {
      mkdirSync(`${folder.path}/${MODEL}/${version}`, { recursive: true });
      writeFileSync(`${folder.path}/${MODEL}/${version}/model.onnx`, doublingModel());
    }
    served = makeModelServer(await modelsIn(folder.path));
    await new Promise<void>((done) => served.server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(served.server.address() as AddressInfo).port}`;
    // No emulator of SageMaker's runtime exists; its client reaches the server that speaks the container's contract.
    sageMaker.on(InvokeEndpointCommand).callsFake(async ({ Body }: { Body: Uint8Array }) => {
      if (busy) throw Object.assign(new Error('busy'), { name: 'ServiceUnavailable' });
      const response = await fetch(`${url}/invocations`, { method: 'POST', body: Buffer.from(Body) });
      const body = new Uint8Array(await response.arrayBuffer());
      if (response.ok) return { Body: body };
      throw Object.assign(new Error('the model refused'), {
        name: 'ModelError',
        OriginalStatusCode: response.status,
      });
    });
  });
  afterAll(async () => {
    sageMaker.restore();
    await served.endpoint.close();
    await new Promise((done) => served.server.close(done));
    folder[Symbol.dispose]();
  });

  describe("through SageMaker's client", () => {
    const endpoint = new AwsEndpoint({
      client: new SageMakerRuntimeClient({ region: 'eu-west-1' }),
      prefix: 'e',
    });
    endpointContract(() => endpoint);
  });

  it('says that the endpoint does not answer, when it does not', async () => {
    const endpoint = new AwsEndpoint({
      client: new SageMakerRuntimeClient({ region: 'eu-west-1' }),
      prefix: 'e',
    });
    busy = true;
    await expect(endpoint.predict({ model: MODEL, inputs: [] })).rejects.toMatchObject({
      code: 'model_unavailable',
      retryable: true,
    });
    busy = false;
  });

  it.each([
    ['GET', '/ping', 200],
    ['GET', '/v2/health/ready', 200],
    ['GET', `/v2/models/${MODEL}`, 200],
    ['GET', '/v2/models/other', 404],
    ['GET', '/', 404],
    ['POST', '/ping', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    expect((await fetch(url + path, { method })).status).toBe(status);
  });

  it.each([
    '',
    '{',
    '{"inputs":1}',
    '{"inputs":[{"name":"x","datatype":"FP32","shape":[2,2],"data":[1]}]}',
    '{"inputs":[]}',
  ])('says what is wrong with %j', async (body) => {
    const response = await fetch(`${url}/invocations`, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^(the body|x has|the input)/) });
  });

  it('serves the highest version, and says what a folder lacks', async () => {
    expect(await (await fetch(`${url}/v2/models/${MODEL}`)).json()).toMatchObject({
      versions: [VERSION],
      inputs: schema.inputs,
    });
    await expect(modelsIn(`${folder.path}/${MODEL}`)).rejects.toThrow(
      'holds no <model>/<version>/model.onnx',
    );
    await expect(modelsIn(`${folder.path}/none`)).rejects.toThrow('There is no folder');
  });
});

/** What stands at SageMaker's address, asked by the real client; it is waited for 100 ms. */
const misbehaving: Readonly<Record<string, RequestListener>> = {
  'never answers': () => {},
  'answers what is no JSON': (_, response) => void response.end('<html>'),
  'answers another protocol': (_, response) => void response.end('{"predictions":[1]}'),
  'breaks off': (_, response) => void response.destroy(),
};

it.each(Object.entries(misbehaving))('an endpoint that %s counts as away', async (_, listener) => {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const client = new SageMakerRuntimeClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true },
  });
  await expect(
    new AwsEndpoint({ client, prefix: 'e' }).predict({ model: MODEL, inputs: [] }),
  ).rejects.toMatchObject({
    code: 'model_unavailable',
  });
  client.destroy();
  server.closeAllConnections();
  server.close();
});
