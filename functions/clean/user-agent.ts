/** A user agent, reduced to what marketing needs: kind of device, system, browser. The text itself is dropped. */
import type { JsonObject } from '../../events/json.ts';
import { memo } from './memo.ts';

type Table = readonly (readonly [name: string, pattern: RegExp])[];

/** First match counts: browsers that imitate others come before those they imitate. */
const browsers: Table = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\/|\bOpera\b|\bOPT\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Yandex', /\bYaBrowser\//],
  ['Vivaldi', /\bVivaldi\//],
  ['UC Browser', /\bUC ?Browser\//],
  ['WeChat', /\bMicroMessenger\//],
  ['Facebook', /\bFB(?:AN|AV|_IAB)\b/],
  ['Instagram', /\bInstagram\b/],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium)\//],
  ['Internet Explorer', /\bMSIE |\bTrident\//],
  ['Safari', /\bSafari\//],
  ['Safari', /\bAppleWebKit\/.*\bMobile\//],
];

const systems: Table = [
  ['Windows Phone', /Windows Phone/],
  ['HarmonyOS', /HarmonyOS|OpenHarmony/],
  ['Android', /Android/],
  ['iOS', /iPhone|iPad|iPod/],
  ['Chrome OS', /\bCrOS\b/],
  ['Windows', /Windows/],
  ['macOS', /Macintosh|Mac OS X/],
  ['Linux', /Linux|X11/],
];

const types: Table = [
  ['tv', /\bTV\b|SmartTV|SMART-TV|AppleTV|BRAVIA|CrKey|AFT[A-Z]/],
  ['console', /PlayStation|Xbox|Nintendo/],
  ['tablet', /iPad|Tablet|Kindle|Silk\/|PlayBook/],
  ['mobile', /Mobi|iPhone|iPod|Windows Phone|Opera Mini/],
  // Android without "Mobile" is how tablets name themselves.
  ['tablet', /Android/],
];

const pick = (table: Table, text: string): string | undefined =>
  table.find(([, pattern]) => pattern.test(text))?.[0];

/** `{type, os?, browser?}`. The result is shared: do not change it. */
export const deviceOf: (userAgent: string) => JsonObject = memo((userAgent) => {
  const os = pick(systems, userAgent);
  const browser = pick(browsers, userAgent);
  const type = pick(types, userAgent) ?? (os === undefined ? 'unknown' : 'desktop');
  return { type, ...(os === undefined ? {} : { os }), ...(browser === undefined ? {} : { browser }) };
});
