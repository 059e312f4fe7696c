/** What went wrong, in the API's own words, and the way to try again. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { dictionary, useWords } from '../language.tsx';

const words = dictionary(
  { failed: 'This did not work', again: 'Try again' },
  { failed: '操作未成功', again: '重试' },
);

export function Problem({ error, retry }: { error: Error; retry?: () => void }) {
  const t = useWords(words);
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={t.failed}>
      <Group justify="space-between">
        <Text size="sm">{error.message}</Text>
        {retry && (
          <Button variant="light" color="red" size="compact-sm" onClick={retry}>
            {t.again}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
