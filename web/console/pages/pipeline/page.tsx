import { Title } from '@mantine/core';
import { useWords } from '../../language.tsx';
import { words } from '../../words.ts';

export default function PipelinePage() {
  const t = useWords(words);
  return <Title order={1}>{t.pipeline}</Title>;
}
