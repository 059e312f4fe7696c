/** Step: what the person allows. */
import { readConsent } from '../../domain/consent.ts';
import { type Refusal, suppress } from '../../domain/outcome.ts';
import { type Draft, flag } from './draft.ts';

/** Runs before anything can be refused: an event of a person who said no must not reach quarantine either. */
export function consent(draft: Draft): Refusal | undefined {
  const gpc = draft.envelope.gpc === true || draft.context['gpc'] === true;
  draft.consent = readConsent(draft.context, gpc);
  if (draft.consent?.analytics === false) return suppress('consent_denied');
  if (gpc) flag(draft, 'gpc');
  return undefined;
}
