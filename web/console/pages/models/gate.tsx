/** Why a version serves, or does not: every check in words. */
import { Group, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { words } from './words.ts';

type Gate = Reply<'GET /api/models/{name}'>['versions'][number]['gate'];

export function GateChecks({ gate: { checks } }: { gate: Gate }) {
  const t = useWords(words);
  return (
    <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
      {checks.map(({ name, passed, says }) => (
        <Group component="li" key={name} wrap="nowrap" align="start" gap="xs">
          <ThemeIcon
            size="sm"
            radius="xl"
            variant="light"
            color={passed ? 'teal' : 'red'}
            role="img"
            aria-label={passed ? t.yes : t.no}
          >
            {passed ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}
          </ThemeIcon>
          <div>
            <Text size="sm" fw={600}>
              {name}
            </Text>
            <Text size="sm" c="dimmed">
              {says}
            </Text>
          </div>
        </Group>
      ))}
    </Stack>
  );
}
