import { Title } from '@mantine/core';
import { useWords } from '../../language.tsx';
import { words } from '../../words.ts';

export default function FunnelPage() {
  const t = useWords(words);
  return <Title order={1}>{t.funnel}</Title>;
}
