/** What a batch leaves behind besides profiles: word of changes, refused events, and the count of everything. */
import { LedgerBatch } from '../../domain/ledger.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import { type Effect, effectId, type Profile } from '../../domain/profile/item.ts';
import { progressWrite } from '../../domain/progress.ts';
import { quarantined, writeQuarantine } from '../../domain/quarantine.ts';
import type { Envelope, ProfileChanged, Quarantined } from '../../events/envelope.ts';
import { batchHeader } from '../../events/envelope-schema.ts';
import { streams } from '../chain.ts';
import { LanePacker } from '../lanes.ts';
import type { Services } from '../services.ts';
import type { Fate } from './apply.ts';
import type { Arrival } from './arrival.ts';

/** Collects while profiles are written; everything goes out once, after them. */
export class Books {
  readonly #ledger = new LedgerBatch();
  readonly #changes = new LanePacker(streams.changes.lanes);
  readonly #refused: Quarantined[] = [];

  /** Counts what became of an event, and keeps it when it was refused. `now`: ms since the epoch. */
  note(arrival: Arrival, fate: Fate, now: number): void {
    const { event, sequence, bytes } = arrival;
    const at = { tenant: event.tenant, source: event.source, receivedAt: event.receivedAt, sequence };
    switch (fate) {
      case 'applied':
      case 'again':
        this.#ledger.note(at, 'applied');
        break;
      case 'duplicate':
        this.#ledger.note(at, 'duplicates');
        break;
      case 'erased':
      case 'suppressed':
      case 'consent_denied':
        this.#ledger.note(at, 'suppressed', 1, fate);
        break;
      case 'id_reuse':
      case 'rate': {
        const refused = { envelope: envelopeOf(arrival), receipt: event.receipt, bytes, reason: fate };
        this.#ledger.note(at, 'quarantined', 1, fate);
        this.#refused.push(quarantined(refused, 'features', now));
        break;
      }
      case 'redelivered':
        break;
    }
  }

  /** Word of an effect on a stored profile. */
  announce({ tenant, id: profileId }: Profile, effect: Effect): void {
    const named = { id: effectId(profileId, effect), tenant, profileId, profileVersion: effect.version };
    const change: ProfileChanged = { ...effect, version: 1, ...named };
    this.#changes.add(batchHeader(tenant), tenant, profileId, JSON.stringify(change));
  }

  /**
   * Sends all of it. Counts are of records before `end` (exclusive; undefined: all), because the others are
   * delivered again; their effects are announced now and then.
   */
  async close(
    services: Services<'features'>,
    records: readonly StreamRecord[],
    end: string | undefined,
  ): Promise<void> {
    await services.streams.changes.append(this.#changes.take());
    if (this.#refused.length > 0) await writeQuarantine(services.objects, this.#refused);
    const last = records.at(-1);
    if (!last) return;
    const where = { function: 'features', stream: 'events' };
    const beside = [progressWrite(where, last, records.length, services.clock.now())];
    await this.#ledger.save(services.tables.ledger, 'features', last.shard, { end, beside });
  }
}

/** What is left of the request's envelope once an event is clean. */
function envelopeOf({ event }: Arrival): Envelope {
  return {
    version: 1,
    tenant: event.tenant,
    source: event.source,
    trust: event.trust === 'public' ? 'public' : 'secret',
    receivedAt: event.receivedAt,
  };
}
