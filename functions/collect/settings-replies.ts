/** What the stock browser SDKs ask for before they send: minimal documents that point back at this host. */
import { type HttpReply, type HttpRequest, json } from '../http.ts';
import { cors } from './cors.ts';

/** Settings document of Segment's browser SDK. `apiHost` has no scheme, as that SDK expects. */
export function segmentSettings(writeKey: string, request: HttpRequest): HttpReply {
  const host = request.headers['host'] ?? 'localhost';
  const protocol = request.headers['x-forwarded-proto'] ?? 'http';
  return json(
    200,
    {
      integrations: {
        'Segment.io': { apiKey: writeKey, apiHost: `${host}/v1`, protocol, unbundledIntegrations: [] },
      },
      plan: { track: { __default: { enabled: true } }, identify: { __default: { enabled: true } } },
      edgeFunction: {},
      analyticsNextEnabled: true,
      middlewareSettings: {},
      enabledMiddleware: {},
      metrics: { sampleRate: 0 },
      legacyVideoPluginsEnabled: false,
      remotePlugins: [],
    },
    { ...cors, 'cache-control': 'public, max-age=300' },
  );
}

/** Source configuration of RudderStack's browser SDK: one enabled source without destinations. */
export function rudderSourceConfig(writeKey: string, name: string): HttpReply {
  return json(
    200,
    {
      source: {
        id: name,
        name,
        writeKey,
        enabled: true,
        workspaceId: 'wellspring',
        config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
        connections: [],
        destinations: [],
        dataplanes: {},
      },
      updatedAt: '2026-01-01T00:00:00.000Z',
    },
    { ...cors, 'cache-control': 'public, max-age=300' },
  );
}
