/** `wellspring erase`: erases a person everywhere and says what was done in which store. */
import { createInterface } from 'node:readline/promises';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { ask } from '../ask.ts';
import { type Address, type TargetOptions, withTarget } from '../target.ts';

export interface EraseOptions extends TargetOptions {
  /** Asks nobody. */
  readonly yes: boolean;
  readonly json: boolean;
}

const POLL_MS = 200;
const loginSchema = z.object({ login: z.string() });
const sessionSchema = z.object({ token: z.string() });
const countsSchema = z.object({
  scanned: z.number(),
  changed: z.number(),
  rows: z.number(),
  bytes: z.number(),
});
const requestSchema = z.object({
  id: z.string(),
  state: z.string(),
  says: z.string(),
  steps: z.array(
    z.object({ name: z.string(), state: z.string(), counts: countsSchema, seconds: z.number() }),
  ),
  models: z.array(z.object({ name: z.string(), version: z.string(), retireBy: z.string() })),
});
type Request = z.infer<typeof requestSchema>;
type Step = Request['steps'][number];

/** Erases and prints. @throws WellspringError `invalid_settings` without consent, `refused`, `not_running`. */
export async function erase(id: string, options: EraseOptions): Promise<void> {
  if (!options.yes) await confirm();
  await withTarget(options, async (target) => {
    const officer = await asPrivacy(target);
    const made = requestSchema.parse(
      await ask(officer, 'POST', '/api/privacy/requests', JSON.stringify({ kind: 'erase', id })),
    );
    const done = await follow(officer, made.id, options.json ? () => {} : printed);
    process.stdout.write(options.json ? `${JSON.stringify(done)}\n` : reportOf(done));
    if (done.state === 'failed') throw new WellspringError('refused', done.says);
  });
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY)
    throw new WellspringError('invalid_settings', 'Erasing cannot be undone: say so with --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Erase this person everywhere? This cannot be undone. Type yes: ');
  terminal.close();
  if (answer.trim() !== 'yes') throw new WellspringError('invalid_settings', 'Nothing was erased.');
}

/** Only the role `privacy` may erase, which an admin may give: the audit log shows both. */
async function asPrivacy(target: Address): Promise<Address> {
  const made = await ask(target, 'POST', '/api/logins', JSON.stringify({ role: 'privacy', hours: 1 }));
  const { login } = loginSchema.parse(made);
  const session = await ask(target, 'POST', '/api/sessions', JSON.stringify({ login }));
  return { ...target, key: sessionSchema.parse(session).token };
}

/** Until nothing is left but in streams, or a step failed. */
async function follow(target: Address, id: string, say: (step: Step) => void): Promise<Request> {
  const said = new Set<string>();
  for (;;) {
    const request = requestSchema.parse(await ask(target, 'GET', `/api/privacy/requests/${id}`));
    for (const step of request.steps) {
      if (step.state !== 'done' || said.has(step.name)) continue;
      said.add(step.name);
      say(step);
    }
    if (!['initialised', 'running'].includes(request.state)) return request;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

const number = (value: number): string => value.toLocaleString('en-US');

function printed({ name, counts, seconds }: Step): void {
  const { scanned, changed, rows } = counts;
  const figures = `${number(scanned).padStart(9)} looked at ${number(changed).padStart(7)} changed`;
  const inside = rows > 0 ? `, ${number(rows)} rows taken out` : '';
  process.stdout.write(`${name.padEnd(12)}${figures}${inside} (${seconds.toFixed(2)} s)\n`);
}

function reportOf({ id, says, steps, models }: Request): string {
  const done = steps.filter(({ state }) => state === 'done');
  const sum = (of: (step: Step) => number): string => number(done.reduce((all, step) => all + of(step), 0));
  const seconds = done.reduce((all, step) => all + step.seconds, 0).toFixed(1);
  const lines = [
    `stores ${done.length} | looked at ${sum(({ counts }) => counts.scanned)} | changed ${sum(({ counts }) => counts.changed)} | rows ${sum(({ counts }) => counts.rows)} | bytes ${sum(({ counts }) => counts.bytes)} | ${seconds} s`,
    ...models.map(
      ({ name, version, retireBy }) =>
        `${name} ${version} learned from this person: replace it by ${retireBy.slice(0, 10)} with wellspring retrain.`,
    ),
    `${says} Request ${id}.`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
