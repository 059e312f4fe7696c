/** From which data and settings a version came, so that it can be made again. */
import { Stack, Text } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { Copy } from '../../parts/copy.tsx';
import { useFormat } from '../../parts/format.ts';
import { Json } from '../../parts/json.tsx';
import { words } from './words.ts';

type Version = Reply<'GET /api/models/{name}'>['versions'][number];

export function Origin({ version: { data, dataDigest, seed, code, config } }: { version: Version }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <Stack gap="xs">
      <Text size="sm">
        {t.examples(format.number(data.train), format.number(data.validation), format.number(data.holdout))}
      </Text>
      <Text size="sm">{t.span(format.day(data.from), format.day(data.to))}</Text>
      <Text size="sm">
        {t.seed} {seed} · {t.code} {code}
      </Text>
      <Text size="sm" fw={600}>
        {t.digest}
      </Text>
      <Copy text={dataDigest} label={t.digest} />
      <Text size="sm" fw={600}>
        {t.config}
      </Text>
      <Json value={config} label={t.config} height={180} />
    </Stack>
  );
}
