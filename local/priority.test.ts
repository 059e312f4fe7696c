/** A thread that gives way, beside one that does not. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

const thread = `
  const { parentPort } = require('node:worker_threads');
  const { existsSync, readlinkSync } = require('node:fs');
  const { getPriority } = require('node:os');
  import(${JSON.stringify(import.meta.resolve('./priority.ts'))}).then(({ giveWay }) => {
    giveWay();
    const self = '/proc/thread-self';
    parentPort.postMessage(existsSync(self) && getPriority(Number(readlinkSync(self).split('/').at(-1))));
  });
`;

it('lowers the calling thread and no other', async () => {
  const before = getPriority();
  const [nice] = await once(new Worker(thread, { eval: true }), 'message');
  expect(nice).toBe(existsSync('/proc/thread-self') && Math.min(19, before + 10));
  expect(getPriority()).toBe(before);
});
