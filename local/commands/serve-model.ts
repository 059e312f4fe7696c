/** `wellspring serve-model`: serves ONNX models with the contract of Triton's SageMaker container. */
import type { AddressInfo } from 'node:net';
import { WellspringError } from '../../domain/errors.ts';
import { modelsIn } from '../model-server/folder.ts';
import { makeModelServer } from '../model-server/server.ts';

export interface ServeModelOptions {
  /** 0 picks a free one. */
  readonly port: number;
}

/** Resolves after Ctrl-C or SIGTERM. @throws WellspringError `invalid_settings` or `port_in_use`. */
export async function serveModel(folder: string, { port }: ServeModelOptions): Promise<void> {
  const models = await modelsIn(folder);
  const { server, endpoint } = makeModelServer(models);
  await new Promise<void>((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(
        cause.code === 'EADDRINUSE'
          ? new WellspringError('port_in_use', `Port ${port} is taken.`, { cause })
          : cause,
      ),
    );
    server.listen(port, '127.0.0.1', done);
  });
  const { port: found } = server.address() as AddressInfo;
  for (const [name, { version }] of models) process.stdout.write(`serving ${name}, version ${version}\n`);
  process.stdout.write(`ready at http://127.0.0.1:${found}  (GET /ping, POST /invocations)\n`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => done());
  });
  server.close();
  server.closeAllConnections();
  await endpoint.close();
}
