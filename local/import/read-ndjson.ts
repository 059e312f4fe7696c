/** One JSON object per line. Empty lines mean nothing. */
import { isObject, type Json } from '../../events/json.ts';
import type { Entry } from './entry.ts';
import { linesOf } from './lines.ts';

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Entries keep the line's own text: events in Segment form are passed on as they are. */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  for await (const { number: line, text, problem } of linesOf(chunks)) {
    if (text === undefined) yield { line, problem: problem ?? 'line cannot be read' };
    else if (text.trim() !== '') {
      const row = parse(text);
      yield isObject(row) ? { line, row, text } : { line, problem: 'line is not a JSON object' };
    }
  }
}
