/** Asks once more before something that cannot be undone, and says what went wrong where it does. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { dictionary, useWords } from '../language.tsx';
import { Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';

const words = dictionary({ cancel: 'Cancel' }, { cancel: '取消' });

interface ConfirmProps<Subject> {
  /** What is asked about; undefined: nothing is asked. */
  readonly asked: Subject | undefined;
  readonly title: string;
  readonly text: string;
  readonly danger?: boolean;
  readonly onClose: () => void;
  readonly act: (subject: Subject) => Promise<void>;
}

export function Confirm<Subject>({
  asked,
  title,
  text,
  danger = false,
  onClose,
  act,
}: ConfirmProps<Subject>) {
  const t = useWords(words);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const go = async (): Promise<void> => {
    if (asked === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      await act(asked);
      onClose();
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog opened={asked !== undefined} onClose={onClose} title={title} centered>
      <Stack>
        <Text>{text}</Text>
        {error && <Problem error={error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button {...(danger && { color: 'red' })} loading={busy} onClick={() => void go()}>
            {title}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
