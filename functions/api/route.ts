/** One row of the routes table: what a path takes, what it answers, and how. */
import * as z from 'zod/mini';
import type { KeyCache } from '../../domain/keys.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Tail } from '../../domain/ports.ts';
import type { RateLimiter } from '../../domain/rate.ts';
import type { Envelope } from '../../events/envelope.ts';
import type { StreamName } from '../chain.ts';
import type { Checked } from '../checked.ts';
import { type HttpReply, type HttpRequest, json } from '../http.ts';
import type { Services } from '../services.ts';
import type { AuditChains } from './audit-chain.ts';
import { type Access, type Caller, callerOf } from './caller.ts';
import { once } from './idempotency.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { type Refusal, Refused } from './replies.ts';
import { type Noted, record } from './trail.ts';

/** Records of one shard that a function has not done yet. */
export interface Waiting {
  readonly function: string;
  readonly stream: StreamName;
  readonly shard: string;
  readonly records: number;
  /** When the oldest of them arrived, ms; undefined when none waits. */
  readonly oldest: number | undefined;
}

/** `pending`: what waits in the streams, where the host can tell. */
export type ApiServices = Services<'api'> & {
  readonly runsOn: 'aws' | 'machine';
  readonly pending?: () => Waiting[];
  /** Told of new requests about people's data, where somebody can begin at once. */
  readonly onRequest?: () => void;
  /** What comes in, as it comes. */
  readonly arriving: Tail;
  /** What cleaning says of an event. */
  readonly check: (envelope: Envelope, bytes: Uint8Array) => Outcome<Checked>;
  /** Lets destinations be on this machine. @default false */
  readonly loopbackWebhooks?: boolean;
};

export interface Call<Path, Query> {
  readonly services: ApiServices;
  readonly caller: Caller;
  /** The caller's tenant, which nothing else in a request can choose; empty on open routes. */
  readonly tenant: string;
  readonly keys: KeyCache;
  readonly path: Path;
  readonly query: Query;
  readonly request: HttpRequest;
}

/** `etag` makes a repeated question cheap: 304 when the asker has this answer already. */
export interface Answer<Value> {
  readonly value: Value;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body as documents describe it; the handler reads it. */
export interface Body {
  readonly description: string;
  /** Schema by media type. */
  readonly content: Readonly<Record<string, { readonly name: string; readonly schema: z.core.$ZodType }>>;
}

/** A schema under the name that documents give it; `parts` are schemas inside with names of their own. */
export interface NamedReply<Schema extends z.core.$ZodType> {
  readonly name: string;
  readonly schema: Schema;
  readonly parts?: Readonly<Record<string, z.core.$ZodType>>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Described {
  readonly method: Method;
  /** With `{name}` for what varies. */
  readonly pattern: string;
  readonly operationId: string;
  readonly summary: string;
  readonly role: Access;
  /** Reads what is known about one person, so the audit log says who did. Writes are always in it. */
  readonly reads?: 'person';
  /** Changes nothing although it is no GET: the question is too large for an address. */
  readonly asks?: true;
  /** What the answer is written in; its value is then the text. @default JSON */
  readonly media?: 'text/csv';
  /** The answer holds a secret, of which no copy may be kept for repeats. */
  readonly shownOnce?: true;
  readonly body?: Body;
  readonly etag?: true;
  /** What the handler may refuse, beyond key and parameters. */
  readonly refusals?: readonly Refusal[];
}

interface Row<
  M extends Method,
  Pattern extends string,
  Path extends Parameters,
  Query extends Parameters,
  Content extends Body['content'],
  Reply extends z.core.$ZodType,
> extends Described {
  readonly method: M;
  readonly pattern: Pattern;
  readonly body?: Body & { readonly content: Content };
  readonly path: Path;
  readonly query: Query;
  readonly reply: NamedReply<Reply>;
  readonly handle: (
    call: Call<z.output<z.ZodMiniObject<Path>>, z.output<z.ZodMiniObject<Query>>>,
  ) => Promise<Answer<z.output<Reply>>>;
}

export interface Host {
  readonly services: ApiServices;
  readonly keys: KeyCache;
  readonly rates: RateLimiter;
  readonly noted: Noted;
  readonly chains: AuditChains;
}

/** A row whose types are closed over, so that rows of all kinds make one table. */
export interface Route extends Described {
  readonly path: Parameters;
  readonly query: Parameters;
  readonly reply: NamedReply<z.core.$ZodType>;
  /** `named`: what stood where the pattern has names. @throws Refused */
  answer(request: HttpRequest, named: ReadonlyMap<string, string>, host: Host): Promise<HttpReply>;
}

/** What a client sends and gets, for inference only: no value of it exists. */
export interface Exchange<Path, Query, Sent, Reply> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Sent;
  readonly reply: Reply;
}

/** A route that still tells its types. */
export interface TypedRoute<M extends Method, Pattern extends string, E> extends Route {
  readonly method: M;
  readonly pattern: Pattern;
  readonly types?: E;
}

/** The JSON body that a route takes; undefined where it takes none. */
type JsonOf<Content> = Content extends { 'application/json': { schema: infer S extends z.core.$ZodType } }
  ? z.input<S>
  : undefined;

export function route<
  const M extends Method,
  const Pattern extends string,
  Path extends Parameters,
  Query extends Parameters,
  Reply extends z.core.$ZodType,
  Content extends Body['content'] = Record<never, never>,
>(
  row: Row<M, Pattern, Path, Query, Content, Reply>,
): TypedRoute<
  M,
  Pattern,
  Exchange<z.input<z.ZodMiniObject<Path>>, z.input<z.ZodMiniObject<Query>>, JsonOf<Content>, z.output<Reply>>
> {
  const { handle, ...described } = row;
  return {
    ...described,
    async answer(request, named, host) {
      const { services, keys } = host;
      const caller = await admitted(described, request, host);
      const path = readParameters(row.path, named);
      const query = readParameters(row.query, request.query);
      const run = async (): Promise<HttpReply> =>
        replyOf(
          row,
          request,
          await handle({ services, keys, caller, tenant: caller.tenant, path, query, request }),
        );
      await note(described, { request, caller, id: named.get('id') }, host);
      if (!isWrite(described) || described.shownOnce) return run();
      return once({ table: services.tables.access, caller, request, now: services.clock.now() }, run);
    },
  };
}

/** Requests per second of one caller; bursts of ten seconds' worth are let through. */
const REQUESTS_PER_SECOND = 100;
/** The same of a person on their own page: an answer costs a search of the lake. */
const PERSON_REQUESTS_PER_SECOND = 2;

/** @throws Refused when the caller may not ask this, or asks too often. */
async function admitted(
  { role }: Described,
  request: HttpRequest,
  { services, keys, rates }: Host,
): Promise<Caller> {
  const now = services.clock.now();
  const caller = await callerOf(request, role, { keys, secret: services.secret, now });
  const perSecond = caller.person === undefined ? REQUESTS_PER_SECOND : PERSON_REQUESTS_PER_SECOND;
  const wait = rates.take(caller.id || (request.ip ?? ''), 1, perSecond, now);
  if (wait > 0) throw new Refused('rate_limited', { headers: { 'retry-after': String(wait) } });
  return caller;
}

/** @throws WellspringError `table_unavailable`. */
async function note(
  row: Described,
  { request, caller, id }: { request: HttpRequest; caller: Caller; id: string | undefined },
  { services, noted, chains }: Host,
): Promise<void> {
  if (!isLogged(row)) return;
  const { method, operationId } = row;
  const asked = { method, operationId, id };
  if (!isWrite(row) && !noted.first(caller, asked, services.clock.now())) return;
  await record({ services, chains }, caller, asked, request);
}

/** Whether the audit log has an entry for each request of a route. */
export const isLogged = (row: Described): boolean =>
  row.role !== 'open' && row.role !== 'page' && (isWrite(row) || row.reads === 'person');

const isWrite = ({ method, asks }: Described): boolean => method !== 'GET' && !asks;

function replyOf({ media }: Described, request: HttpRequest, answer: Answer<unknown>): HttpReply {
  const { value, etag, headers: own } = answer;
  if (media !== undefined) {
    const headers = { 'content-type': `${media}; charset=utf-8`, 'cache-control': 'no-store', ...own };
    return { status: 200, headers, body: String(value) };
  }
  if (etag === undefined) return json(200, value, { 'cache-control': 'no-store', ...own });
  const headers = { 'cache-control': 'private, no-cache', ...own, etag };
  return holds(request.headers['if-none-match'], etag)
    ? { status: 304, headers, body: '' }
    : json(200, value, headers);
}

/** Whether `If-None-Match` names the tag; weak and strong tags are equal here. */
function holds(header: string | undefined, etag: string): boolean {
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header !== undefined && (header.trim() === '*' || header.split(',').map(bare).includes(bare(etag)));
}

/** What stands where the pattern has names; undefined when the path is another. */
export function match(pattern: string, path: string): ReadonlyMap<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const named = new Map<string, string>();
  for (const [i, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const value = given[i] ?? '';
    if (name === undefined ? part !== value : value === '') return undefined;
    if (name !== undefined) named.set(name, decode(value));
  }
  return named;
}

/** A host may have decoded the path already; what is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
