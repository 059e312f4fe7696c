/** Step: what an event must be to be an event at all. */
import { verifyUserToken } from '../../domain/identity.ts';
import { quarantine, type Refusal } from '../../domain/outcome.ts';
import { type CallType, callTypes } from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { type CleanContext, type Draft, flag } from './draft.ts';
import { exceedsBytes, isBroken, isPlaceholder, readId, TEXT_BYTES } from './identity.ts';
import { dropNonFinite } from './mend.ts';
import { deriveMessageId } from './message-id.ts';
import { mendNumbers } from './numbers.ts';

const TRAITS = 200;
const TRAIT_BYTES = 16 * 1024;

const types: ReadonlySet<Json | undefined> = new Set(callTypes);
const isCallType = (value: Json | undefined): value is CallType => types.has(value);

export function validate(draft: Draft, context: CleanContext): Refusal | undefined {
  return (
    readType(draft) ??
    readIds(draft) ??
    readTrust(draft, context) ??
    readMessageId(draft) ??
    readObjects(draft) ??
    readName(draft) ??
    checkTraits(draft.traits) ??
    checkValues(draft, context)
  );
}

function readType(draft: Draft): Refusal | undefined {
  const type = draft.document['type'] ?? draft.envelope.route;
  if (!isCallType(type)) return quarantine('invalid_type');
  draft.type = type;
  return undefined;
}

function readIds(draft: Draft): Refusal | undefined {
  const { document } = draft;
  const userId = readId('userId', document['userId']);
  const anonymousId = readId('anonymousId', document['anonymousId']);
  const previousId = readId('previousId', document['previousId']);
  const groupId = readId('groupId', document['groupId']);
  if (typeof userId === 'object') return userId;
  if (typeof anonymousId === 'object') return anonymousId;
  if (typeof previousId === 'object') return previousId;
  if (typeof groupId === 'object') return groupId;
  if (userId === undefined && anonymousId === undefined) return quarantine('no_identity');
  draft.userId = userId;
  draft.anonymousId = anonymousId;
  draft.previousId = previousId;
  draft.groupId = groupId;
  return undefined;
}

/** A page may speak for a person when the shop's server has signed that it may. */
function readTrust(draft: Draft, { secret }: CleanContext): undefined {
  const token = draft.context['userToken'];
  const { envelope, userId } = draft;
  if (envelope.trust !== 'public' || userId === undefined || typeof token !== 'string') return;
  if (verifyUserToken(secret, envelope.tenant, userId, token)) draft.trust = 'signed';
}

/** A placeholder as message id would make all its events repeats of one: it counts as missing. */
function readMessageId(draft: Draft): Refusal | undefined {
  const value = draft.document['messageId'];
  const given = typeof value === 'string' && isPlaceholder(value) ? undefined : readId('messageId', value);
  if (typeof given === 'object') return given;
  if (given === undefined) {
    draft.messageId = deriveMessageId(draft.envelope.source, draft.document, draft.envelope.sentAt);
    flag(draft, 'no_message_id');
  } else draft.messageId = given;
  return undefined;
}

const absent = (value: Json | undefined): value is null | undefined => value === undefined || value === null;

/** Properties and traits; some SDKs put an identify call's traits into the context. */
function readObjects(draft: Draft): Refusal | undefined {
  const { document, context } = draft;
  for (const name of ['properties', 'traits', 'context']) {
    const value = document[name];
    if (!absent(value) && !isObject(value)) return quarantine('invalid_properties', name);
  }
  const { properties, traits } = document;
  draft.properties = isObject(properties) ? properties : {};
  draft.traits = isObject(traits) ? traits : {};
  if (draft.type === 'identify') {
    const early = context['traits'];
    const older = document['userProperties'];
    if (isObject(early) || isObject(older)) {
      draft.traits = {
        ...(isObject(early) ? early : undefined),
        ...(isObject(older) ? older : undefined),
        ...draft.traits,
      };
    }
  }
  return undefined;
}

function readName(draft: Draft): Refusal | undefined {
  const { document, properties, type } = draft;
  let name: Json | undefined = type;
  if (type === 'track') name = document['event'];
  else if (type === 'page' || type === 'screen') {
    name = document['name'] ?? properties['name'];
    const category = document['category'];
    if (typeof category === 'string' && properties['category'] === undefined) {
      properties['category'] = category;
    }
  }
  const text = typeof name === 'string' ? name.trim() : '';
  if (text === '' && type === 'track') return quarantine('missing_event');
  if (exceedsBytes(text, TEXT_BYTES)) return quarantine('name_too_long');
  if (isBroken(text)) return quarantine('invalid_properties', 'event');
  draft.event = text === '' ? type : text;
  return undefined;
}

function checkTraits(traits: JsonObject): Refusal | undefined {
  let count = 0;
  for (const _ in traits) count++;
  if (count > TRAITS) return quarantine('too_many_traits', 'count');
  if (count > 0 && traitBytes(traits) > TRAIT_BYTES) return quarantine('too_many_traits', 'bytes');
  return undefined;
}

function traitBytes(traits: JsonObject): number {
  let short = 0;
  for (const key in traits) {
    const value = traits[key];
    if (typeof value === 'object' && value !== null) return Buffer.byteLength(JSON.stringify(traits));
    short += key.length + (typeof value === 'string' ? value.length : 20);
  }
  // No character needs more than six bytes in JSON.
  return short * 6 <= TRAIT_BYTES ? 0 : Buffer.byteLength(JSON.stringify(traits));
}

function checkValues(draft: Draft, { rules, checkProperties }: CleanContext): Refusal | undefined {
  if (dropNonFinite(draft.properties) + dropNonFinite(draft.traits) > 0) flag(draft, 'non_finite');
  mendNumbers(draft, draft.properties, rules.properties);
  mendNumbers(draft, draft.traits, rules.traits);
  const detail = draft.type === 'track' ? checkProperties?.(draft.event, draft.properties) : undefined;
  return detail === undefined ? undefined : quarantine('invalid_properties', detail);
}
