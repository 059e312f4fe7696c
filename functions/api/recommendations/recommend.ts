/** One question: who, what they look at, and what may be shown -> items. */
import { choose, type Shown } from '../../../domain/recommend/choose.ts';
import type { Reason } from '../../../domain/scores/scores.ts';
import type { RecommendationMode } from '../../../events/recommendations.ts';
import type { BehaviourEvent, Example } from '../../../models/behaviour/example.ts';
import { type From, sourcesOf } from '../../../models/recommend/sources.ts';
import { boughtIn, eventsWith } from '../../../models/recommend/visit.ts';
import type { Asked } from '../../../models/served/asking.ts';
import type { Served } from '../../../models/served/open.ts';
import { visitOf } from '../../../models/served/score.ts';
import type { ApiServices } from '../route.ts';
import { keptBy } from '../scores.ts';
import { type Offer, type Shelf, Shelves } from './shelf.ts';

/** How long a page waits for the behaviour model, ms; then the neighbours answer. */
const PATIENCE_MS = 150;

export interface Rules {
  readonly limit: number;
  readonly mode: RecommendationMode;
  readonly category?: string | undefined;
  readonly inStock: boolean;
  readonly bought: 'hide' | 'show';
  readonly diversity: number;
  readonly exclude: readonly string[];
}

export interface Question {
  readonly tenant: string;
  /** Names the person to the model's batch; empty for a session. */
  readonly profile: string;
  /** What a profile remembers, oldest first; empty for somebody unknown. */
  readonly recent: readonly BehaviourEvent[];
  /** What the page says was looked at, the newest last. */
  readonly items: readonly string[];
  readonly rules: Rules;
}

export interface Recommended {
  readonly shown: readonly (Shown<From> & { readonly offer: Offer | undefined })[];
  readonly visit: readonly string[];
  readonly served: Served;
  readonly missing: Reason | undefined;
}

const kept = new WeakMap<ApiServices, Shelves>();

/** The shelves of an API, which it keeps between requests. */
export function shelvesOf(services: ApiServices): Shelves {
  const shelves =
    kept.get(services) ?? new Shelves({ table: services.tables.products, clock: services.clock });
  kept.set(services, shelves);
  return shelves;
}

interface Looked {
  readonly at: number;
  readonly served: Served;
}
const looked = new WeakMap<ApiServices, Map<string, Looked>>();
/** A look that is older than this is waited for, ms. */
const OLD_MS = 20_000;

/** What the question before found to serve: a page does not wait for a look at the registry. */
async function servedNow(services: ApiServices, tenant: string): Promise<Served> {
  const known = looked.get(services) ?? new Map<string, Looked>();
  looked.set(services, known);
  const now = services.clock.now();
  const last = known.get(tenant);
  const fresh = keptBy(services)
    .models.of(tenant)
    .then((served) => {
      known.set(tenant, { at: now, served });
      return served;
    });
  if (!last || now - last.at >= OLD_MS) return fresh;
  // The next question finds out.
  fresh.catch(() => undefined);
  return last.served;
}

/** @throws WellspringError `objects_unavailable` or `table_unavailable` before anything was read. */
export async function recommend(services: ApiServices, question: Question): Promise<Recommended> {
  const { tenant, rules } = question;
  const [served, shelf] = await Promise.all([servedNow(services, tenant), shelvesOf(services).of(tenant)]);
  const example = exampleOf(question, shelf, services.clock.now());
  const visit = visitOf(example);
  const asked = await askModel(services, tenant, served, example, rules.mode);
  const sources = sourcesOf(rules.mode, {
    visit,
    behaviour: asked?.answer?.items,
    catalogue: served.neighbours?.catalogue,
    blend: served.behaviour?.blend,
    goods: shelf,
  });
  const bought = rules.bought === 'hide' ? boughtIn(example.events) : [];
  const away = new Set([...rules.exclude, ...visit, ...bought]);
  const shown = choose(sources, {
    limit: rules.limit,
    diversity: rules.diversity,
    allowed: (item) => !away.has(item) && mayShow(shelf, item, rules),
    categoryOf: (item) => shelf.find(item)?.category,
  });
  return {
    shown: shown.map((one) => ({ ...one, offer: shelf.find(one.item) })),
    visit,
    served,
    missing: asked && !asked.answer ? asked.reason : undefined,
  };
}

function exampleOf({ profile, recent, items }: Question, shelf: Shelf, now: number): Example {
  const describe = (item: string): Pick<BehaviourEvent, 'category' | 'price'> => {
    const { category, price } = shelf.find(item) ?? {};
    return { ...(category === undefined ? {} : { category }), ...(price === undefined ? {} : { price }) };
  };
  return { profile, cut: now, events: eventsWith(recent, items, describe, now), labels: {} };
}

function mayShow(shelf: Shelf, item: string, { category, inStock }: Rules): boolean {
  const offer = shelf.find(item);
  if (shelf.listed && !offer?.listed) return false;
  if (category !== undefined && offer?.category !== category) return false;
  return !(inStock && offer?.stock !== undefined && offer.stock <= 0);
}

const needsModel = new Set<RecommendationMode>(['auto', 'blend', 'sequence']);

/** Undefined where it was not asked: another source was wanted, or nothing is known of the person. */
async function askModel(
  services: ApiServices,
  tenant: string,
  { behaviour }: Served,
  example: Example,
  mode: RecommendationMode,
): Promise<Asked | undefined> {
  if (!needsModel.has(mode)) return undefined;
  if (!behaviour) return { reason: 'no_model' };
  if (example.events.length === 0) return undefined;
  const { asking } = keptBy(services);
  const answer = asking.ask(behaviour, tenant, [example], services.clock.now());
  const [asked] = await within(PATIENCE_MS, answer);
  return asked ?? { reason: 'endpoint_unavailable' };
}

/** What a promise answers in time, else nothing. */
async function within<T>(ms: number, answer: Promise<readonly T[]>): Promise<readonly T[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly T[]>((resolve) => {
    timer = setTimeout(() => resolve([]), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
