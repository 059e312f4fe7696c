/** `wellspring consent`: what a person allows, every answer they gave, and a new decision. */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { type Consent, purposes } from '../../events/envelope.ts';
import { consentReply } from '../../functions/api/privacy/consent.ts';
import { ask } from '../ask.ts';
import { type TargetOptions, withTarget } from '../target.ts';

export interface ConsentOptions extends TargetOptions {
  /** `purpose=yes` or `purpose=no`. */
  readonly set: readonly string[];
  readonly wording?: string;
  readonly json: boolean;
}

const choice = z.tuple([z.enum(purposes), z.enum(['yes', 'no'])]);

/** @throws WellspringError `invalid_settings`. */
function choicesIn(given: readonly string[]): Consent {
  const pairs = given.map((text) => {
    const parsed = choice.safeParse(text.split('='));
    if (parsed.success) return parsed.data;
    throw new WellspringError(
      'invalid_settings',
      `--set takes PURPOSE=yes or PURPOSE=no, with one of ${purposes.join(', ')}.`,
    );
  });
  return Object.fromEntries(pairs.map(([purpose, answer]) => [purpose, answer === 'yes']));
}

/** @throws WellspringError `invalid_settings`, `not_running` or `refused`. */
export async function consent(id: string, options: ConsentOptions): Promise<void> {
  const chosen = choicesIn(options.set);
  await withTarget(options, async (target) => {
    const path = `/api/profiles/${encodeURIComponent(id)}/consent`;
    if (options.set.length > 0) {
      const { wording } = options;
      const body = JSON.stringify({ purposes: chosen, ...(wording !== undefined && { wording }) });
      await ask(target, 'PUT', path, body);
      process.stdout.write('Noted. It counts from now on; what is stored follows within seconds.\n');
      return;
    }
    const reply = consentReply.parse(await ask(target, 'GET', path));
    process.stdout.write(options.json ? `${JSON.stringify(reply)}\n` : textOf(reply));
  });
}

const word = (granted: boolean): string => (granted ? 'yes' : 'no ');

function textOf({ consent: stands, history }: z.output<typeof consentReply>): string {
  const lines = purposes.map((purpose) => {
    const answer = stands[purpose];
    return `${purpose.padEnd(20)} ${answer ? `${word(answer.granted)} since ${answer.at}` : 'never asked'}`;
  });
  const told = history.map(
    ({ purpose, granted, decidedAt, firstSaid, lastSaid, source, signals, wording }) =>
      `  ${decidedAt ?? `${firstSaid} to ${lastSaid}`}  ${purpose} ${word(granted)} from ${source} by ${signals.join(', ')}${
        wording === undefined ? '' : `, wording ${wording}`
      }`,
  );
  return [...lines, ...(told.length > 0 ? ['', 'History, oldest first:', ...told] : []), ''].join('\n');
}
