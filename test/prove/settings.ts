/** What the process that proves tells the threads of the system under proof: through the environment, which restarts share. */
import { join } from 'node:path';
import * as z from 'zod/mini';

export const SETTINGS = 'WELLSPRING_PROVE';

/** Safeties that can be taken out, each of which must make the proof fail. */
export const sabotages = [
  'no-condition',
  'dedup-before-effect',
  'ack-before-durability',
  'drop-on-throttle',
  'publish-without-outbox',
] as const;
export type Sabotage = (typeof sabotages)[number];

/** Threads that can be made to die at their worst moment. */
export const mortals = ['collect', 'clean', 'features', 'archive'] as const;
export type Mortal = (typeof mortals)[number];

const settingsSchema = z.object({
  /** Folder of the files below. */
  notes: z.string(),
  seed: z.number(),
  /** How often the system was started before. */
  life: z.number(),
  sabotage: z.optional(z.enum(sabotages)),
});
export type FaultSettings = z.infer<typeof settingsSchema>;

export const readSettings = (): FaultSettings =>
  settingsSchema.parse(JSON.parse(process.env[SETTINGS] ?? '{}'));

/** File of effects that were stored with a profile, one id a line. */
export const effectsFile = (notes: string): string => join(notes, 'effects');
/** File of faults, one name a line. */
export const faultsFile = (notes: string): string => join(notes, 'faults');
/** While it exists, the disk is full. */
export const fullFile = (notes: string): string => join(notes, 'full');
/** While it exists, that thread ends the process at the next opportunity. */
export const deathFile = (notes: string, thread: string): string => join(notes, `die-${thread}`);
