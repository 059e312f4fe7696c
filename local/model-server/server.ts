/** The local model server: what Triton's SageMaker container answers, with ONNX Runtime behind it. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { EmbeddedEndpoint, type LoadedModel } from '../../adapters/embedded/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import { readRequest, responseText } from '../../domain/kserve.ts';

/** Bytes of a question, at most: what SageMaker lets through. */
const LIMIT = 25 * 1024 * 1024;

interface Reply {
  readonly status: number;
  readonly body: string;
}

const json = (status: number, value: object): Reply => ({ status, body: JSON.stringify(value) });
const refusal = (status: number, error: string): Reply => json(status, { error });

/** `models`: by name; the only one, or the one that is named, answers `/invocations`. Close the endpoint when done. */
export function makeModelServer(models: ReadonlyMap<string, LoadedModel>): {
  server: Server;
  endpoint: EmbeddedEndpoint;
} {
  const endpoint = new EmbeddedEndpoint({ resolve: async (name) => models.get(name) });
  const server = createServer((request, response) => {
    answer(request, models, endpoint)
      .catch((error: unknown) => failure(error))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
  });
  return { server, endpoint };
}

async function answer(
  request: IncomingMessage,
  models: ReadonlyMap<string, LoadedModel>,
  endpoint: EmbeddedEndpoint,
): Promise<Reply> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const asked = `${request.method} ${pathname}`;
  if (['GET /ping', 'GET /v2/health/live', 'GET /v2/health/ready'].includes(asked)) return json(200, {});
  if (asked === 'POST /invocations') return infer(request, onlyOf(models), endpoint);
  const [, name = '', action] = /^\/v2\/models\/([^/]+)(?:\/(infer))?$/.exec(pathname) ?? [];
  const model = models.get(name);
  if (name !== '' && !model)
    return refusal(404, `no model is called ${name}; there are: ${[...models.keys()].join(', ')}`);
  if (model && request.method === 'GET' && action === undefined)
    return json(200, { name, versions: [model.version], platform: 'onnxruntime_onnx', ...model.schema });
  if (model && request.method === 'POST' && action === 'infer') return infer(request, name, endpoint);
  return refusal(404, `${asked} is not answered here: see GET /ping, POST /invocations, /v2/models/{name}`);
}

function onlyOf(models: ReadonlyMap<string, LoadedModel>): string {
  const [name, ...others] = [...models.keys()];
  if (name !== undefined && others.length === 0) return name;
  throw new WellspringError('model_refused', 'there are several models: ask /v2/models/{name}/infer');
}

async function infer(request: IncomingMessage, model: string, endpoint: EmbeddedEndpoint): Promise<Reply> {
  const { id, inputs } = readRequest(await textOf(request));
  const { version, outputs } = await endpoint.predict({ model, inputs });
  return { status: 200, body: responseText(model, version, outputs, id) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LIMIT) throw new WellspringError('model_refused', `the body is larger than ${LIMIT} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function failure(error: unknown): Reply {
  if (!(error instanceof WellspringError)) return refusal(500, 'the server failed');
  return refusal(error.code === 'model_refused' ? 400 : 503, error.message);
}
