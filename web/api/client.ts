/** Asks the API; what may be sent and what comes back is inferred from its routes table. */
import type { Exchange } from '../../functions/api/route.ts';
import type { routes } from '../../functions/api/routes.ts';

type AnyExchange = Exchange<unknown, unknown, unknown, unknown>;
type Row = (typeof routes)[number];
/** By method and pattern, as in `GET /api/profiles/{id}`. */
type Operations = { [R in Row as `${R['method']} ${R['pattern']}`]: NonNullable<R['types']> };
export type Operation = keyof Operations;

/** What a call takes. A part that has only optional fields may be left out. */
type Given<Name extends string, Part> =
  Partial<Record<never, never>> extends Part ? { [N in Name]?: Part } : { [N in Name]: Part };
export type Input<O extends Operation> = InputOf<Operations[O]>;
type InputOf<E extends AnyExchange> = { readonly headers?: Readonly<Record<string, string>> } & Given<
  'path',
  E['path']
> &
  Given<'query', E['query']> &
  (E['body'] extends undefined ? unknown : { readonly body: E['body'] });

export type Reply<O extends Operation> = Operations[O]['reply'];

/** A refusal of the API, with its stable code. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Loose {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Client {
  /** @throws ApiError for every answer but a success. */
  call<O extends Operation>(operation: O, input: Input<O>, signal?: AbortSignal): Promise<Reply<O>>;
}

export interface ClientOptions {
  /** What stands in `Authorization: Bearer`, read anew for each call. */
  readonly token: () => string | undefined;
  /** What stands before the path, read anew for each call. @default nothing: the page's own host */
  readonly origin?: () => string;
  /** Told of every refusal before the caller is. */
  readonly onRefused?: (refusal: ApiError) => void;
}

export function makeClient({ token, origin = () => '', onRefused }: ClientOptions): Client {
  return {
    async call(operation, input, signal) {
      const [method = '', pattern = ''] = operation.split(' ');
      const { path = {}, query = {}, body, headers }: Loose = input;
      const filled = pattern.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(String(path[name])),
      );
      const search = new URLSearchParams(
        Object.entries(query).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        ),
      );
      const bearer = token();
      const reply = await fetch(`${origin()}${filled}${search.size > 0 ? `?${search}` : ''}`, {
        method,
        headers: {
          ...headers,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      if (reply.ok)
        return reply.headers.get('content-type')?.startsWith('text/') ? reply.text() : reply.json();
      const refused = await refusal(reply);
      onRefused?.(refused);
      throw refused;
    },
  };
}

async function refusal(reply: Response): Promise<ApiError> {
  const problem: { code?: string; detail?: string } = await reply.json().catch(() => ({}));
  return new ApiError(reply.status, problem.code ?? 'unreachable', problem.detail ?? reply.statusText);
}
