/** Where Node keeps code without its types and compiled: the next start is sooner, and every thread needs less memory. */
import { join } from 'node:path';

export const compiled = join(import.meta.dirname, '../node_modules/.cache/wellspring');
