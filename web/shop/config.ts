/** What the host tells the shop: its key and, where it vouches for the demo's people, their tokens. */
import * as z from 'zod/mini';

const configSchema = z.object({
  writeKey: z.string(),
  people: z._default(z.array(z.object({ userId: z.string(), userToken: z.string() })), []),
});
export type Config = z.output<typeof configSchema>;

/** @throws when the host does not answer, or answers something else. */
export async function readConfig(): Promise<Config> {
  const reply = await fetch('/shop/config.json');
  if (!reply.ok) throw new Error(`config.json was answered with ${reply.status}`);
  return configSchema.parse(await reply.json());
}
