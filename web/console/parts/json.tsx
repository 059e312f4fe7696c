/** A JSON text, indented where it is one, in a box that scrolls. */
import { Code, ScrollArea } from '@mantine/core';

function pretty(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, undefined, 2);
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2);
  } catch {
    return value;
  }
}

export function Json({ value, label, height = 420 }: { value: unknown; label: string; height?: number }) {
  return (
    <ScrollArea h={height} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': label, role: 'region' }}>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {pretty(value)}
      </Code>
    </ScrollArea>
  );
}
