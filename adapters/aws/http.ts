/** An HTTP API's event (payload version 2) as a plain request, and the plain reply back. */
import * as z from 'zod/mini';
import type { HttpReply, HttpRequest } from '../../functions/http.ts';

const eventSchema = z.object({
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.optional(z.string()),
  isBase64Encoded: z.boolean(),
  requestContext: z.object({
    requestId: z.string(),
    http: z.object({ method: z.string(), sourceIp: z.string() }),
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
    path: rawPath,
    query: new URLSearchParams(rawQueryString),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    ip: requestContext.http.sourceIp,
    requestId: requestContext.requestId,
  };
}

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
