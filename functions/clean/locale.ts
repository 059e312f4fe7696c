/** Language, country and time zone in one way of writing. */
import { memo } from './memo.ts';

/** `EN_us` -> `en-US`; undefined for what is no language tag. */
export const normaliseLocale: (text: string) => string | undefined = memo(
  (text) => {
    try {
      return Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'))[0];
    } catch {
      return undefined;
    }
  },
  1000,
  64,
);

/** `de` -> `DE`; undefined for what is no two-letter code. Names of countries are left to the shop. */
export const normaliseCountry = (text: string): string | undefined =>
  /^[a-z]{2}$/i.test(text) ? text.toUpperCase() : undefined;

/** An IANA name that this machine knows, as given; undefined otherwise. */
export const normaliseZone: (text: string) => string | undefined = memo(
  (text) => {
    try {
      return Intl.DateTimeFormat('en', { timeZone: text }) && text;
    } catch {
      return undefined;
    }
  },
  1000,
  64,
);
