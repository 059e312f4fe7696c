/** Which thread goes first where all processors are busy. */
import { existsSync, readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Names the calling thread as `<pid>/task/<thread id>`; Linux has it. */
const SELF = '/proc/thread-self';
/** About a tenth of the share of a thread that has not given way. */
const NICE = 10;
const LOWEST = 19;

/** From now on, others go before the calling thread. Where threads have no priorities of their own, nothing changes. */
export function giveWay(): void {
  if (!existsSync(SELF)) return;
  const thread = Number(readlinkSync(SELF).split('/').at(-1));
  setPriority(thread, Math.min(LOWEST, getPriority(thread) + NICE));
}
