/** Where built pages lie, and what each is sent with, on both hosts. */
import { join } from 'node:path';

/** `console/` serves `/`, `shop/` serves `/shop/`, `me/` serves `/me/`. */
export const pagesFolder = join(import.meta.dirname, 'dist');

/**
 * Only our own files run and only our own host is asked. The component library sets sizes by style attributes,
 * so styles may be inline; scripts may not.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const pageHeaders = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const;

export const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Files are named by their content, all but pages and settings. */
export const cacheControl = (file: string): string =>
  /\.(html|json)$/.test(file) ? 'no-cache' : 'public, max-age=31536000, immutable';
