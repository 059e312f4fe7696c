/**
 * Segment's HTTP tracking API as it is on the wire: the body of each route, and of a batch.
 * For senders in TypeScript and other languages; what is refused in the end, cleaning decides. It mends
 * more than a sender should rely on. Unknown keys pass, null and absent are the same.
 */
import * as z from 'zod/mini';
import { needsOne, number, requiredId, text, time, truth } from './fields.ts';

/** 256 bytes at most; not a placeholder such as `null`. */
const id = z.nullish(z.string().check(z.maxLength(256)));
const neededId = z.string().check(z.minLength(1), z.maxLength(256));
const name = z.nullish(z.string().check(z.maxLength(256)));
/** Anything a JSON object may hold. */
const free = z.nullish(z.looseObject({}));
const fields = <Shape extends z.core.$ZodShape>(shape: Shape) => z.nullish(z.looseObject(shape));

const answer = z.nullish(z.union([z.boolean(), z.string()]));

/** What a person allows: our purposes, Segment's categories, Google's consent mode v2, or a TC string of the IAB. */
const consent = fields({
  analytics: answer,
  profiling: answer,
  email: answer,
  sms: answer,
  ads_user_data: answer,
  ads_personalisation: answer,
  categoryPreferences: z.nullish(z.record(z.string(), answer)),
  analytics_storage: answer,
  ad_storage: answer,
  ad_user_data: answer,
  ad_personalization: answer,
  tcString: text,
  tcf: text,
  decidedAt: z.nullish(z.union([z.string(), z.number(), z.looseObject({})])),
  wording: text,
});

export const callContext = z.looseObject({
  active: truth,
  app: fields({ name: text, version: text, build: text, namespace: text }),
  campaign: fields({ name: text, source: text, medium: text, term: text, content: text }),
  channel: text,
  consent,
  device: fields({
    id: text,
    advertisingId: text,
    adTrackingEnabled: truth,
    manufacturer: text,
    model: text,
    name: text,
    type: text,
    version: text,
  }),
  groupId: text,
  ip: text,
  library: fields({ name: text, version: text }),
  locale: text,
  location: fields({
    city: text,
    country: text,
    region: text,
    latitude: number,
    longitude: number,
    speed: number,
  }),
  network: fields({ bluetooth: truth, carrier: text, cellular: truth, wifi: truth }),
  os: fields({ name: text, version: text }),
  page: fields({ path: text, referrer: text, search: text, title: text, url: text }),
  referrer: fields({ id: text, link: text, name: text, type: text, url: text }),
  screen: fields({ width: number, height: number, density: number }),
  timezone: text,
  traits: free,
  userAgent: text,
});
export type CallContext = z.infer<typeof callContext>;

const common = {
  anonymousId: id,
  userId: id,
  /** Stays the same when a call is sent again; a repeat is then counted once. */
  messageId: id,
  /** When it happened. */
  timestamp: time,
  originalTimestamp: time,
  /** When it was sent, by the same clock; corrects that clock. */
  sentAt: time,
  context: z.nullish(callContext),
  integrations: free,
};

const personTraits = fields({
  address: fields({ street: text, city: text, state: text, postalCode: text, country: text }),
  age: number,
  avatar: text,
  birthday: time,
  company: fields({ id: z.nullish(requiredId), name: text, industry: text, plan: text }),
  createdAt: time,
  description: text,
  email: text,
  firstName: text,
  gender: text,
  lastName: text,
  name: text,
  phone: text,
  title: text,
  username: text,
  website: text,
});

const groupTraits = fields({
  address: fields({ street: text, city: text, state: text, postalCode: text, country: text }),
  avatar: text,
  createdAt: time,
  description: text,
  email: text,
  employees: z.nullish(z.union([z.string(), z.number()])),
  industry: text,
  name: text,
  phone: text,
  plan: text,
  website: text,
});

const pageProperties = fields({
  name: text,
  path: text,
  referrer: text,
  search: text,
  title: text,
  url: text,
});

const person = needsOne('userId', 'anonymousId');
const shapes = {
  track: { event: z.string().check(z.minLength(1), z.maxLength(256)), properties: free },
  identify: { traits: personTraits },
  page: { name, category: text, properties: pageProperties },
  screen: { name, category: text, properties: fields({ name: text }) },
  group: { groupId: neededId, traits: groupTraits },
  alias: { previousId: neededId, userId: neededId },
};

/** The route names the type, so that the body need not. */
const routed = <Type extends string>(type: Type) => ({ type: z.nullish(z.literal(type)), ...common });
const typed = <Type extends string>(type: Type) => ({ type: z.literal(type), ...common });

const item = z.discriminatedUnion('type', [
  z.looseObject({ ...typed('track'), ...shapes.track }).check(...person),
  z.looseObject({ ...typed('identify'), ...shapes.identify }).check(...person),
  z.looseObject({ ...typed('page'), ...shapes.page }).check(...person),
  z.looseObject({ ...typed('screen'), ...shapes.screen }).check(...person),
  z.looseObject({ ...typed('group'), ...shapes.group }).check(...person),
  z.looseObject({ ...typed('alias'), ...shapes.alias }),
]);

/** Body of `POST /v1/NAME`. */
export const calls = {
  track: z
    .looseObject({ ...routed('track'), ...shapes.track })
    .check(...person, z.describe('Somebody did something.')),
  identify: z
    .looseObject({ ...routed('identify'), ...shapes.identify })
    .check(...person, z.describe('Who somebody is, and what is known of them.')),
  page: z
    .looseObject({ ...routed('page'), ...shapes.page })
    .check(...person, z.describe('Somebody saw a page.')),
  screen: z
    .looseObject({ ...routed('screen'), ...shapes.screen })
    .check(...person, z.describe('Somebody saw a screen of an app.')),
  group: z
    .looseObject({ ...routed('group'), ...shapes.group })
    .check(...person, z.describe('Somebody belongs to a company or another group.')),
  alias: z.looseObject({ ...routed('alias'), ...shapes.alias }).check(z.describe('Two ids are one person.')),
  batch: z
    .looseObject({
      batch: z.array(item),
      /** Goes under the context of each call. */
      context: z.nullish(callContext),
      integrations: free,
      sentAt: time,
      timestamp: time,
      writeKey: text,
    })
    .check(z.describe('Any number of calls in one request.')),
};

export type CallName = keyof typeof calls;
export type Call<Name extends CallName> = z.infer<(typeof calls)[Name]>;
