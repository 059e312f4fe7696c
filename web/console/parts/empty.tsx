/** Stands where there is nothing yet, and says what to do about it. */
import { Center, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Center mih={220} p="md">
      <Stack align="center" gap="xs" maw={480}>
        <Text fw={600} ta="center">
          {title}
        </Text>
        <Text c="dimmed" ta="center" component="div">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}
