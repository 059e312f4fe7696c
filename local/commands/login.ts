/** `wellspring login`: a link that opens the console, once. */
import * as z from 'zod/mini';
import type { Role } from '../../domain/access/roles.ts';
import { WellspringError } from '../../domain/errors.ts';
import { ask } from '../ask.ts';
import { type Address, runningHost, type TargetOptions } from '../target.ts';

export interface LoginOptions extends TargetOptions {
  readonly role: Role;
  readonly hours: number;
}

const linkSchema = z.object({ login: z.string() });

/** Prints the link. @throws WellspringError `not_running`, `invalid_settings` or `refused`. */
export async function login({ data, url, key, role, hours }: LoginOptions): Promise<void> {
  const address = url === undefined ? runningHost(data) : elsewhere(url, key);
  const made = await ask(address, 'POST', '/api/logins', JSON.stringify({ role, hours }));
  process.stdout.write(`${address.url}/#login=${linkSchema.parse(made).login}\n`);
}

function elsewhere(url: string, key: string | undefined): Address {
  if (key === undefined) throw new WellspringError('invalid_settings', 'With --url, --key is needed too.');
  return { url: url.replace(/\/+$/, ''), key };
}
