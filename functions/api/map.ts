/** `GET /api/chain`: the map of `functions/chain.ts`, from which pages draw it. */
import * as z from 'zod/mini';
import { entryOf, functionNames } from '../chain.ts';
import { described } from './parameters.ts';
import type { Answer } from './route.ts';

const resources = z.array(z.string());

export const chainReply = z.object({
  functions: described(
    'in the order in which data walk',
    z.array(
      z.object({
        name: z.string(),
        does: z.string(),
        trigger: z.object({
          kind: z.enum(['http', 'stream', 'schedule', 'workflow']),
          stream: described('whose records it is given', z.optional(z.string())),
          everyMinutes: z.optional(z.number()),
        }),
        reads: described('as `kind:name`', resources),
        writes: described('as `kind:name`', resources),
      }),
    ),
  ),
});

type ChainReply = z.output<typeof chainReply>;
type Drawn = ChainReply['functions'][number];

function triggerOf(name: (typeof functionNames)[number]): Drawn['trigger'] {
  const { trigger } = entryOf(name);
  if (trigger.kind === 'stream') return { kind: trigger.kind, stream: trigger.stream };
  if (trigger.kind === 'schedule') return { kind: trigger.kind, everyMinutes: trigger.everyMinutes };
  return { kind: trigger.kind };
}

const drawn = functionNames.map((name): Drawn => {
  const { does, reads, writes } = entryOf(name);
  return { name, does, trigger: triggerOf(name), reads: [...reads], writes: [...writes] };
});

export const readChain = async (): Promise<Answer<ChainReply>> => ({ value: { functions: drawn } });
