/** What the person would be shown now, and why. */
import { Anchor, Skeleton, Stack } from '@mantine/core';
import { Link } from 'wouter';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Column, coloursOf } from '../recommendations/column.tsx';
import { words } from './words.ts';

/** `version`: of the profile; with a new one they are asked for again. */
export function Recommendations({ id, version }: { id: string; version: number }) {
  const t = useWords(words);
  const { data, error, refetch } = useAsk(['recommendations of', id, version], (call, signal) =>
    call('GET /api/profiles/{id}/recommendations', { path: { id } }, signal),
  );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={560} role="status" aria-label={t.recommendations} />;
  return (
    <Stack maw={640}>
      <Column mode="auto" found={data} shared={() => 1} columns={1} colourOf={coloursOf([data])} />
      <Anchor component={Link} href={`/recommendations/${encodeURIComponent(id)}`}>
        {t.compareRecommendations}
      </Anchor>
    </Stack>
  );
}
