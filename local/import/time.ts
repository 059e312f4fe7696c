/** Times as files write them -> milliseconds since 1970. */
import type { TimeSpec } from './mapping-schema.ts';

const HOUR = 3_600_000;
/** No zone changes its offset more often than this. */
const STEP = HOUR / 4;

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/;
const parted = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?)?$/;
const log = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type Parts = readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milli: number,
];

/** The parts as if they were UTC; undefined for a day or an hour that does not exist. */
function utc([year, month, day, hour, minute, second, milli]: Parts): number | undefined {
  const time = Date.UTC(year, month - 1, day, hour, minute, second, milli);
  const date = new Date(time);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && hour < 24 && minute < 60 && second < 60 ? time : undefined;
}

function offsetOf(text: string): number {
  if (text === 'Z' || text === 'UTC') return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return (text.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

type Offset = (time: number) => number;

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
function zoneOffset(zone: string): Offset {
  if (zone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  return (time) => {
    const step = Math.floor(time / STEP);
    const found = known.get(step);
    if (found !== undefined) return found;
    const parts = new Map(format.formatToParts(step * STEP).map(({ type, value }) => [type, Number(value)]));
    const at = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const shown = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'));
    if (known.size >= 10_000) known.clear();
    known.set(step, shown - step * STEP);
    return shown - step * STEP;
  };
}

function readIso(text: string): [Parts, string | undefined] | undefined {
  const m = iso.exec(text);
  if (!m) return undefined;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', offset] = m;
  const milli = Number(fraction.padEnd(3, '0').slice(0, 3));
  return [
    [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), milli],
    offset,
  ];
}

function readParted(text: string, dayFirst: boolean): [Parts, undefined] | undefined {
  const m = parted.exec(text);
  if (!m) return undefined;
  const [, first, second, year, hour = 0, minute = 0, sec = 0] = m;
  const [day, month] = dayFirst ? [first, second] : [second, first];
  return [
    [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(sec), 0],
    undefined,
  ];
}

function readLog(text: string): [Parts, string | undefined] | undefined {
  const m = log.exec(text);
  if (!m) return undefined;
  const [, day, name = '', year, hour, minute, second, offset] = m;
  const month = months.indexOf(name) + 1;
  return [[Number(year), month, Number(day), Number(hour), Number(minute), Number(second), 0], offset];
}

/** Years 1970 to 9999; other numbers are a wrong unit or no time. */
const plausible = (time: number): number | undefined =>
  Number.isFinite(time) && time >= 0 && time < 253_402_300_800_000 ? Math.round(time) : undefined;

/** A reader for one column. It gives undefined for what is no time of the stated form. */
export function timeReader(spec: TimeSpec): (text: string) => number | undefined {
  const { format = 'iso', zone = 'UTC' } = spec;
  if (format === 'seconds' || format === 'milliseconds') {
    const unit = format === 'seconds' ? 1000 : 1;
    return (text) => (text.trim() === '' ? undefined : plausible(Number(text) * unit));
  }
  const offsetAt = zoneOffset(zone);
  const read =
    format === 'iso'
      ? readIso
      : format === 'log'
        ? readLog
        : (text: string) => readParted(text, format === 'day-first');
  return (text) => {
    const found = read(text.trim());
    const local = found && utc(found[0]);
    if (found === undefined || local === undefined) return undefined;
    if (found[1] !== undefined) return local - offsetOf(found[1]);
    // The offset of the moment itself, not of the same figures in UTC.
    return local - offsetAt(local - offsetAt(local));
  };
}
