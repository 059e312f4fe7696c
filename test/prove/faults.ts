/** Stands between functions and stores in every thread of the system under proof, and throws faults in. */
import { existsSync } from 'node:fs';
import { Chaos, calm } from '../../adapters/embedded/chaos.ts';
import type { Stream, Table } from '../../domain/ports.ts';
import { seededRandom } from '../../domain/random.ts';
import type { Ports } from '../../local/ports.ts';
import { held, lagging, Mortality, refusing, watched } from './aimed.ts';
import { Notes } from './notes.ts';
import { carelessStream, sabotagedProfiles, sabotagedStream } from './sabotage.ts';
import { fullFile, mortals, readSettings } from './settings.ts';

/** What leaves a function after its profiles were stored fails this often: the moment that an outbox is for. */
const LEAVING = 0.15;
const LOOK_MS = 20;

export function ports(thread: string): Ports {
  const { notes: folder, seed, life, rates, sabotage } = readSettings();
  const notes = new Notes(folder);
  const random = seededRandom(seed * 1009 + life * 31 + mortals.findIndex((name) => name === thread));
  const chaos = new Chaos({ rates: { ...calm, ...rates }, random });
  const leaving = new Chaos({ rates: { ...calm, ...rates, throttle: LEAVING }, random });
  const mortality = new Mortality(thread, notes);
  for (const { injected } of [chaos, leaving]) notes.follow(injected);
  setInterval(() => {
    chaos.diskFull = leaving.diskFull = existsSync(fullFile(folder));
  }, LOOK_MS).unref();
  const profiles = (inner: Table): Table =>
    held(lagging(watched(sabotagedProfiles(inner, sabotage), notes), notes), random);
  const stream = (inner: Stream): Stream => {
    const faulty = (thread === 'features' ? leaving : chaos).stream(sabotagedStream(inner, thread, sabotage));
    return mortality.stream(carelessStream(refusing(faulty, notes), sabotage));
  };
  return {
    stream,
    table: (inner, name) =>
      chaos.table(name === 'profiles' && thread === 'features' ? profiles(inner) : inner),
    objects: (inner) => chaos.objects(inner),
    step: (inner) => chaos.step(mortality.step(inner)),
  };
}
