/** After the order: two questions. */
import { Anchor, Button, Group, Radio, Stack, Text, Textarea, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { useWords } from '../../console/language.tsx';
import { type Answer, surveyAnswered } from '../tracking.ts';
import { words } from '../words.ts';

export function ThanksPage({ order }: { order: string }) {
  const t = useWords(words);
  const [answered, setAnswered] = useState(false);
  return (
    <Stack maw={560}>
      <Title order={1} size="h2">
        {t.thanks}
      </Title>
      {answered ? (
        <Text role="status">{t.answered}</Text>
      ) : (
        <Survey order={order} onAnswered={() => setAnswered(true)} />
      )}
      <Anchor component={Link} href="/">
        {t.goOn}
      </Anchor>
    </Stack>
  );
}

function Survey({ order, onAnswered }: { order: string; onAnswered: () => void }) {
  const t = useWords(words);
  const [score, setScore] = useState('');
  const [comment, setComment] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const text = comment.trim();
    const answers: Answer[] = [
      ...(score === ''
        ? []
        : [
            { question_id: 'recommend', question: t.npsQuestion, kind: 'nps' as const, score: Number(score) },
          ]),
      ...(text === ''
        ? []
        : [{ question_id: 'better', question: t.whyQuestion, kind: 'text' as const, comment: text }]),
    ];
    surveyAnswered(order, answers);
    onAnswered();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{t.surveyLead}</Text>
        <Radio.Group label={t.npsQuestion} value={score} onChange={setScore}>
          <Group gap="xs" mt="xs">
            {Array.from({ length: 11 }, (_, n) => (
              <Radio key={n} value={`${n}`} label={`${n}`} />
            ))}
          </Group>
        </Radio.Group>
        <Textarea
          label={t.whyQuestion}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          maxLength={1000}
          minRows={3}
        />
        <Button type="submit" disabled={score === '' && comment.trim() === ''} w="fit-content">
          {t.send}
        </Button>
      </Stack>
    </form>
  );
}
