/** Step: what the person allows. */
import { readConsent, type Statement } from '../../domain/consent/read.ts';
import { type Refusal, suppress } from '../../domain/outcome.ts';
import { consentEvents } from '../../events/envelope.ts';
import { type CleanContext, type Draft, flag } from './draft.ts';

/** Runs before anything can be refused: an event of a person who said no must not reach quarantine either. */
export function consent(draft: Draft, { refuses }: CleanContext): Refusal | undefined {
  const { envelope, context, document } = draft;
  const gpc = envelope.gpc === true || context['gpc'] === true;
  draft.consent = signed(readConsent(context, gpc), draft);
  if (draft.consent?.choices.analytics === false) {
    if (!saysConsent(draft)) return suppress('consent_denied');
    keepConsentAlone(draft);
  }
  const stays = !saysConsent(draft) && !agreesAnew(draft);
  if (stays && refuses?.(envelope, document) === true) return suppress('consent_denied');
  if (gpc) flag(draft, 'gpc');
  return undefined;
}

/** Whether an event says when analytics was agreed to: the profile knows if that is newer than the refusal. */
function agreesAnew({ consent: said }: Draft): boolean {
  const decidedAt = said?.decidedAt;
  const at = typeof decidedAt === 'object' ? decidedAt.analytics : decidedAt;
  return said?.choices.analytics === true && at !== undefined;
}

/** What the API sent says so; nobody else can. */
const signed = (statement: Statement | undefined, { envelope }: Draft): Statement | undefined =>
  statement && envelope.decided ? { ...statement, signals: [envelope.decided] } : statement;

function saysConsent({ document, envelope }: Draft): boolean {
  const { event } = document;
  const type = document['type'] ?? envelope.route;
  return type === 'track' && typeof event === 'string' && consentEvents.has(event.trim());
}

const needed = new Set([
  'type',
  'event',
  'messageId',
  'userId',
  'anonymousId',
  'timestamp',
  'originalTimestamp',
  'sentAt',
]);

/** That somebody refuses must be known, so that it can be heeded. Nothing else of the event is needed for it. */
function keepConsentAlone(draft: Draft): void {
  const { document, context } = draft;
  draft.refused = true;
  for (const name of Object.keys(document)) if (!needed.has(name)) delete document[name];
  const { userToken } = context;
  draft.context = userToken === undefined ? {} : { userToken };
}
