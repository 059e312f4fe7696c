/** The system under proof, in a process of its own: `node system.ts '<settings>'`. Talks with its parent over IPC. */
import * as z from 'zod/mini';
import { startHost } from '../../local/host.ts';

const settings = z.object({ data: z.string(), port: z.int() }).parse(JSON.parse(process.argv[2] ?? '{}'));
const host = await startHost({
  ...settings,
  ports: new URL('./faults.ts', import.meta.url).href,
  run: ['clean', 'features', 'archive'],
});
const { url, writeKey, secretKey } = host;

process.on('message', (order) => {
  if (order === 'drain') void host.drain().then((report) => process.send?.({ kind: 'drained', report }));
  if (order === 'stop') void host.stop().then(() => process.disconnect());
});
process.send?.({ kind: 'ready', url, writeKey, secretKey });
