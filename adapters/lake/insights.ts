/** Questions about everybody of a tenant, answered by DuckDB over the lake's files. */
import type { DuckDBValue } from '@duckdb/node-api';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type {
  CampaignQuery,
  CampaignRow,
  Cohort,
  FunnelAnswer,
  FunnelCount,
  FunnelQuery,
  Insights,
  RetentionQuery,
} from '../../domain/insight/questions.ts';
import { GAP_MINUTES } from '../../domain/sessions.ts';
import { campaignSql } from './campaign-sql.ts';
import type { Engine } from './engine.ts';
import type { LakeFiles } from './files.ts';
import { funnelSql, stepValues } from './funnel-sql.ts';
import { AHEAD_MS, HOUR_MS, hoursOf, prefixOf } from './layout.ts';
import { pointerTo } from './people.ts';
import { retentionSql } from './retention-sql.ts';

/** Files that one question may read: where they lie, and where they must be fetched first. */
const MOST_FILES = { inPlace: 20_000, fetched: 3000 };

const groupKind = z.enum(['named', 'unknown', 'other']);
const maybeText = z.nullable(z.string());
const funnelHead = z.tuple([z.enum(['all', 'named', 'unknown', 'other']), maybeText], z.nullable(z.number()));
const retentionRow = z.tuple([z.number(), z.number(), z.number()]);
const campaignRow = z.tuple([
  groupKind,
  maybeText,
  maybeText,
  maybeText,
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
]);

export class LakeInsights implements Insights {
  readonly #engine: Engine;
  readonly #files: LakeFiles;

  constructor(engine: Engine, files: LakeFiles) {
    this.#engine = engine;
    this.#files = files;
  }

  async funnel(query: FunnelQuery): Promise<FunnelAnswer> {
    const { tenant, from, to, window, least, groups, steps, breakdown } = query;
    const rows = await this.#ask(tenant, from, (paths) => funnelSql(paths, query), {
      from,
      to,
      least,
      groups,
      ...stepValues(steps),
      ...(steps.length > 1 ? { window } : {}),
      ...(breakdown && 'property' in breakdown ? { by: pointerTo(breakdown.property.toWellFormed()) } : {}),
    });
    const all = rows.map((row) => funnelGroup(row));
    const nobody = steps.map(() => ({ people: 0, median: undefined }));
    return {
      steps: all.find(({ kind }) => kind === 'all')?.steps ?? nobody,
      groups: breakdown
        ? all.flatMap(({ kind, name, steps: counts }) =>
            kind === 'all' ? [] : [{ kind, ...(name === null ? {} : { value: name }), steps: counts }],
          )
        : [],
    };
  }

  async retention({ tenant, from, period, periods, before }: RetentionQuery): Promise<Cohort[]> {
    const since = from - before;
    const to = from + period * periods;
    const rows = await this.#ask(tenant, since, retentionSql, { since, from, to, period });
    const cohorts = Array.from({ length: periods }, (_, i) => ({
      period: i,
      active: Array.from({ length: periods - i }, () => 0),
    }));
    for (const row of rows) {
      const [cohort, at, people] = retentionRow.parse(row);
      const active = cohorts[cohort]?.active;
      if (active) active[at - cohort] = people;
    }
    return cohorts;
  }

  async campaigns({ tenant, from, to, least, memory }: CampaignQuery): Promise<CampaignRow[]> {
    const since = from - memory;
    const gap = GAP_MINUTES * 60_000;
    const rows = await this.#ask(tenant, since, campaignSql, { since, from, to, memory, gap, least });
    return rows.map((row) => {
      const [kind, source, medium, name, sessions, people, orders, buyers, revenue] = campaignRow.parse(row);
      const campaign = {
        ...(source === null ? {} : { source }),
        ...(medium === null ? {} : { medium }),
        ...(name === null ? {} : { name }),
      };
      return { kind, campaign, sessions, people, orders, buyers, revenue };
    });
  }

  /** Events may come late: everything received since is read. */
  #ask(
    tenant: string,
    since: number,
    sql: (paths: readonly string[]) => string,
    values: Record<string, DuckDBValue>,
  ): Promise<unknown[][]> {
    return this.#files.steadily(prefixOf(tenant), async (all) => {
      const keys = hoursOf(all)
        .filter(({ start }) => start + HOUR_MS + AHEAD_MS > since)
        .flatMap((hour) => hour.keys);
      if (keys.length === 0) return [];
      const most = this.#files.inPlace ? MOST_FILES.inPlace : MOST_FILES.fetched;
      if (keys.length > most)
        throw new WellspringError('too_much_history', 'the question covers too many files of the lake');
      return this.#files.reading(async (pathsOf) => this.#engine.rows(sql(await pathsOf(keys)), values));
    });
  }
}

function funnelGroup(row: readonly unknown[]): {
  kind: z.output<typeof funnelHead>[0];
  name: string | null;
  steps: FunnelCount[];
} {
  const [kind, name, ...figures] = funnelHead.parse(row);
  const steps: FunnelCount[] = [];
  for (let i = 0; i < figures.length; i += 2)
    steps.push({ people: figures[i] ?? 0, median: figures[i + 1] ?? undefined });
  return { kind, name, steps };
}
