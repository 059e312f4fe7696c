/** Makes a key, and shows it this once. */
import { Button, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Input } from '../../../api/client.ts';
import { api } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { words } from './words.ts';

type Asked = Input<'POST /api/keys'>['body'];
const roles = ['viewer', 'marketer', 'admin', 'privacy'] as const;

interface NewKeyProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onMade: (key: string) => void;
}

export function NewKey({ opened, onClose, onMade }: NewKeyProps) {
  const t = useWords(words);
  const [asked, setAsked] = useState<Asked>({ source: 'web', kind: 'public' });
  const [error, setError] = useState<Error>();
  const make = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      const { key } = await api.call('POST /api/keys', { body: asked });
      setError(undefined);
      onMade(key);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
  const { role = 'viewer', kind, days } = asked;
  return (
    <Dialog opened={opened} onClose={onClose} title={t.make}>
      <Stack component="form" onSubmit={make}>
        <TextInput
          label={t.source}
          description={t.sourceHow}
          value={asked.source}
          onChange={({ currentTarget: { value } }) => setAsked({ ...asked, source: value })}
          required
          data-autofocus
        />
        <Select
          label={t.kind}
          value={kind}
          allowDeselect={false}
          data={[
            { value: 'public', label: t.public },
            { value: 'secret', label: t.secret },
          ]}
          onChange={(value) => setAsked({ ...asked, kind: value === 'secret' ? 'secret' : 'public' })}
        />
        {kind === 'secret' && (
          <Select
            label={t.role}
            value={role}
            allowDeselect={false}
            data={[...roles]}
            onChange={(value) => setAsked({ ...asked, role: roles.find((one) => one === value) ?? 'viewer' })}
          />
        )}
        <NumberInput
          label={t.days}
          min={1}
          max={3650}
          value={days ?? ''}
          onChange={(value) => setAsked({ ...asked, days: typeof value === 'number' ? value : undefined })}
        />
        {error && <Problem error={error} />}
        <Button type="submit">{t.create}</Button>
      </Stack>
    </Dialog>
  );
}

export function Made({ text, onClose }: { text: string | undefined; onClose: () => void }) {
  const t = useWords(words);
  return (
    <Dialog opened={text !== undefined} onClose={onClose} title={t.made} closeOnClickOutside={false}>
      <Stack>
        <Text>{t.madeHow}</Text>
        <Copy text={text ?? ''} label={t.made} />
        <Button onClick={onClose}>{t.close}</Button>
      </Stack>
    </Dialog>
  );
}
