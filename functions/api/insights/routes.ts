/** Rows of the routes table for questions about everybody. */
import { from, to } from '../parameters.ts';
import { route } from '../route.ts';
import { campaignsReply, readCampaigns } from './campaigns.ts';
import { askFunnel, funnelBody, funnelReply } from './funnel.ts';
import { readRetention, retentionQuery, retentionReply } from './retention.ts';

export const insightRoutes = [
  route({
    method: 'POST',
    pattern: '/api/funnel',
    operationId: 'askFunnel',
    summary: 'How many people did one thing after another, and how long that took.',
    role: 'viewer',
    asks: true,
    path: {},
    query: {},
    body: {
      description: 'The steps, and within which time.',
      content: { 'application/json': { name: 'FunnelRequest', schema: funnelBody } },
    },
    refusals: ['invalid_body', 'too_many_objects'],
    reply: { name: 'Funnel', schema: funnelReply },
    handle: askFunnel,
  }),
  route({
    method: 'GET',
    pattern: '/api/retention',
    operationId: 'readRetention',
    summary: 'Who comes back, by the day, week or four weeks in which they were first seen.',
    role: 'viewer',
    path: {},
    query: retentionQuery,
    refusals: ['too_many_objects'],
    reply: { name: 'Retention', schema: retentionReply },
    handle: readRetention,
  }),
  route({
    method: 'GET',
    pattern: '/api/campaigns',
    operationId: 'readCampaigns',
    summary: 'Visits and orders by the campaign from which people came last.',
    role: 'viewer',
    path: {},
    query: { from, to },
    refusals: ['too_many_objects'],
    reply: { name: 'Campaigns', schema: campaignsReply },
    handle: readCampaigns,
  }),
];
