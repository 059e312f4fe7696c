import { Progress, Stack, Text } from '@mantine/core';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import type { SegmentView } from './query.ts';
import { words } from './words.ts';

export function CountText({ count }: { count: SegmentView['count'] }) {
  const t = useWords(words);
  const format = useFormat();
  if (count.people === null) return <>{t.few}</>;
  return (
    <>
      {format.number(count.people)} ({format.percent(count.share ?? 0)})
    </>
  );
}

export function CountBar({ count }: { count: SegmentView['count'] }) {
  const t = useWords(words);
  return (
    <Stack gap={4} miw={140}>
      <Text size="sm">
        <CountText count={count} />
      </Text>
      <Progress value={(count.share ?? 0) * 100} aria-label={t.share} />
    </Stack>
  );
}
