/** An HTTP API's event (payload version 2) as a plain request, and the plain reply back. */
import * as z from 'zod/mini';
import type { Role } from '../../domain/access/roles.ts';
import type { Claims, HttpReply, HttpRequest } from '../../functions/http.ts';

/** Claims of an ID token that API Gateway has checked. Groups come as one text: `[admin viewer]`. */
const claimsSchema = z.object({
  sub: z.string(),
  token_use: z.literal('id'),
  'custom:tenant': z.string().check(z.minLength(1)),
  'cognito:groups': z.string(),
});

const eventSchema = z.object({
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.optional(z.string()),
  isBase64Encoded: z.boolean(),
  requestContext: z.object({
    requestId: z.string(),
    http: z.object({ method: z.string(), sourceIp: z.string() }),
    authorizer: z.optional(z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) })),
  }),
});

export interface GatewayReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** @throws for an event of another shape. */
export function toRequest(event: unknown): HttpRequest {
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } =
    eventSchema.parse(event);
  return {
    method: requestContext.http.method,
    ...placed(rawPath, requestContext.authorizer?.jwt.claims),
    query: new URLSearchParams(rawQueryString),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    ip: requestContext.http.sourceIp,
    requestId: requestContext.requestId,
  };
}

/** People ask under `/console`, where their tokens are checked; behind it lie the same paths as for keys. */
function placed(path: string, given: unknown): Pick<HttpRequest, 'path' | 'claims'> {
  if (given === undefined) return { path };
  const claims = claimsOf(given);
  return { path: path.replace(/^\/console(?=\/)/, ''), ...(claims && { claims }) };
}

/** undefined for somebody without a tenant or a role, who then may do nothing. */
function claimsOf(given: unknown): Claims | undefined {
  const parsed = claimsSchema.safeParse(given);
  if (!parsed.success) return undefined;
  const groups = new Set(parsed.data['cognito:groups'].split(/[[\],\s]+/));
  const role = strongest.find((one) => groups.has(one));
  return role && { tenant: parsed.data['custom:tenant'], id: parsed.data.sub, role };
}

/** One role counts for who is in several groups. */
const strongest: readonly Role[] = ['admin', 'privacy', 'marketer', 'viewer'];

export function fromReply({ status, headers, body }: HttpReply, request: HttpRequest): GatewayReply {
  const text = typeof body === 'string';
  const bare = request.method === 'HEAD' || status === 204 || status === 304;
  return {
    statusCode: status,
    headers: { ...headers, 'x-request-id': request.requestId },
    body: bare ? '' : text ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: !bare && !text,
  };
}
