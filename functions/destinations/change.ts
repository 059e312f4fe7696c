/** Word of memberships as stream functions read it. */
import * as z from 'zod/mini';

export const changeSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  tenant: z.string(),
  profileId: z.string(),
  segmentId: z.string(),
  kind: z.enum(['entered', 'left']),
  at: z.number(),
});
