/** Numbers and times as people read them. */
import { useLanguage } from '../language.tsx';

const tag = { en: 'en-GB', zh: 'zh-CN' } as const;

export interface Format {
  number(value: number, digits?: number): string;
  percent(share: number, digits?: number): string;
  /** US dollars. */
  dollars(amount: number, digits?: number): string;
  time(iso: string): string;
  /** Hours and minutes. */
  clock(iso: string): string;
  moment(iso: string): string;
  day(iso: string): string;
}

/** Formats of the chosen language; times are those of the reader's clock. */
export function useFormat(): Format {
  const locale = tag[useLanguage().language];
  return {
    number: (value, digits = 0) => value.toLocaleString(locale, { maximumFractionDigits: digits }),
    percent: (share, digits = 1) =>
      share.toLocaleString(locale, { style: 'percent', maximumFractionDigits: digits }),
    dollars: (amount, digits = 2) =>
      amount.toLocaleString(locale, {
        style: 'currency',
        currency: 'USD',
        currencyDisplay: 'narrowSymbol',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
    time: (iso) => new Date(iso).toLocaleTimeString(locale),
    clock: (iso) => new Date(iso).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' }),
    moment: (iso) => new Date(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    day: (iso) => new Date(iso).toLocaleDateString(locale, { dateStyle: 'medium' }),
  };
}
