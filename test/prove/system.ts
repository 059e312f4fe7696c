/** The system under proof, in a process of its own: `node system.ts '<settings>'`. Talks with its parent over IPC. */
import { flushCompileCache } from 'node:module';
import * as z from 'zod/mini';
import { startHost } from '../../local/host.ts';
import { NOISY } from './noise.ts';

const settings = z
  .object({ data: z.string(), batchRecords: z.int() })
  .parse(JSON.parse(process.argv[2] ?? '{}'));
const host = await startHost({
  data: settings.data,
  port: 0,
  ports: new URL('./faults.ts', import.meta.url).href,
  run: ['clean', 'features', 'archive'],
  delivery: { records: settings.batchRecords, longestPauseMs: 50 },
});
const { url, writeKey, secretKey } = host;
const noisyKey = await host.addKey({ kind: 'public', ...NOISY });

const drain = async (): Promise<void> => {
  const report = await host.drain((records) => process.send?.({ kind: 'waiting', records }));
  process.send?.({ kind: 'drained', report });
};
process.once('disconnect', () => process.exit());
process.on('message', (order) => {
  if (order === 'drain') void drain();
  if (order === 'stop') void host.stop().then(() => process.disconnect());
});
process.send?.({ kind: 'ready', url, writeKey, secretKey, noisyKey });
// Where the environment asks for a cache: a process that is killed would leave none.
flushCompileCache();
