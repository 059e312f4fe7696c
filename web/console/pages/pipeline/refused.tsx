/** A panel with the events that were refused for one reason: read, mend, send again. */
import { Alert, Button, Card, Group, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { quarantineReasons } from '../../../../events/reasons.ts';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { SidePanel } from '../../parts/dialog.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { type Entry, type Reason, resend, resendAll, type Sent } from './replay.ts';
import { words } from './words.ts';

const PAGE = 50;

export function Refused({ reason, onClose }: { reason: Reason | undefined; onClose: () => void }) {
  const t = useWords(words);
  return (
    <SidePanel opened={reason !== undefined} onClose={onClose} title={reason && t.lookAt(reason)}>
      {reason && <Entries key={reason} reason={reason} />}
    </SidePanel>
  );
}

function Entries({ reason }: { reason: Reason }) {
  const t = useWords(words);
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Reason>();
  const [sent, setSent] = useState<Sent>();
  const { data: me } = useAsk(['me'], (call, signal) => call('GET /api/me', {}, signal));
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['refused', reason],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = { reason, limit: PAGE, ...(pageParam !== '' && { cursor: pageParam }) };
      return api.call('GET /api/quarantine', { query }, signal);
    },
    getNextPageParam: ({ cursor }) => cursor,
  });
  const note = (done: Sent): void => {
    setSent(done);
    void queries.invalidateQueries({ queryKey: ['ledger'] });
  };
  const items = data?.pages.flatMap((page) => page.items);
  const admin = me?.role === 'admin';
  return (
    <Stack>
      <Text>{quarantineReasons[reason]}</Text>
      {admin ? (
        <Button onClick={() => setAsked(reason)}>{t.resendAll}</Button>
      ) : (
        <Text size="sm" c="dimmed">
          {t.adminOnly}
        </Text>
      )}
      {sent && (
        <Alert color="teal" role="status">
          {t.sent(sent.replayed, sent.left)}
        </Alert>
      )}
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!items && !error && <Skeleton height={240} aria-label={t.quarantine} />}
      {items?.length === 0 && !hasNextPage && <Empty title={t.noneLeft} />}
      {items?.map((entry) => (
        <One key={entry.receipt} entry={entry} mayResend={admin} onSent={note} />
      ))}
      {hasNextPage && (
        <Button variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
          {t.more}
        </Button>
      )}
      <Confirm
        asked={asked}
        title={t.resendAll}
        text={t.resendAllHow}
        onClose={() => setAsked(undefined)}
        act={async (which) => note(await resendAll(which))}
      />
    </Stack>
  );
}

interface OneProps {
  readonly entry: Entry;
  readonly mayResend: boolean;
  readonly onSent: (sent: Sent) => void;
}

function One({ entry, mayResend, onSent }: OneProps) {
  const t = useWords(words);
  const format = useFormat();
  const [text, setText] = useState(entry.text ?? atob(entry.original));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    await resend(entry, text)
      .then(onSent)
      .catch((cause: Error) => setError(cause));
    setBusy(false);
  };
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {format.moment(entry.receivedAt)} · {entry.envelope.source}
          {entry.detail !== undefined && ` · ${entry.detail}`}
        </Text>
        <Textarea
          aria-label={t.mended}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          maxRows={14}
          readOnly={!mayResend || !entry.complete}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
        {error && <Problem error={error} />}
        {!entry.complete && <Text size="sm">{t.partial}</Text>}
        {mayResend && entry.complete && (
          <Group justify="end">
            <Button size="compact-sm" variant="light" loading={busy} onClick={() => void send()}>
              {t.resend}
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}
