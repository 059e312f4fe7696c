import { Card, List, Stack, Text, Title } from '@mantine/core';
import { useLanguage, useWords } from '../console/language.tsx';
import { useFormat } from '../console/parts/format.ts';
import type { OwnData } from './api.ts';
import { words } from './words.ts';

/** Groups with their rules, estimates with what drove them, suggestions with their reasons. */
export function Why({ data }: { data: OwnData }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const { segments, recommendations } = data;
  return (
    <Card withBorder component="section">
      <Stack>
        <Title order={2} size="h4">
          {t.why}
        </Title>
        <Title order={3} size="h5">
          {t.groups}
        </Title>
        {segments.length === 0 && <Text>{t.noGroups}</Text>}
        {segments.length > 0 && (
          <List>
            {segments.map(({ id, name, rule }) => (
              <List.Item key={id}>
                <Text fw={600}>{name}</Text>
                <Text size="sm">{t.because(rule[language])}</Text>
              </List.Item>
            ))}
          </List>
        )}
        <Estimates scores={data.scores.scores} />
        <Title order={3} size="h5">
          {t.suggestions}
        </Title>
        {!recommendations.profiling && <Text>{t.popular}</Text>}
        {recommendations.items.length === 0 && <Text>{t.nothing}</Text>}
        <List>
          {recommendations.items.map(({ item, name, because }) => (
            <List.Item key={item}>
              {name ?? item}{' '}
              <Text span size="sm" c="dimmed">
                {because.replaceAll('_', ' ')}
              </Text>
            </List.Item>
          ))}
        </List>
      </Stack>
    </Card>
  );
}

type Scores = OwnData['scores']['scores'];

function Estimates({ scores }: { scores: Scores }) {
  const t = useWords(words);
  const format = useFormat();
  const amounts = (['purchase', 'churn', 'nextOrderValue'] as const).flatMap((name) => {
    const score = scores?.[name];
    if (!score) return [];
    const value = name === 'nextOrderValue' ? format.number(score.value, 2) : format.percent(score.value);
    const drivers = (score.drivers ?? []).map(({ event, item }) =>
      item === undefined ? event : `${event}: ${item}`,
    );
    const { model, modelVersion } = score;
    return [{ name, value, drivers, model, modelVersion }];
  });
  const classes = (['lifecycle', 'persona'] as const).flatMap((name) => {
    const one = scores?.[name];
    if (!one) return [];
    const { model, modelVersion } = one;
    return [
      { name, value: one.class, model, modelVersion, drivers: one.drivers.map(({ feature }) => feature) },
    ];
  });
  const all = [...amounts, ...classes];
  return (
    <>
      <Title order={3} size="h5">
        {t.estimates}
      </Title>
      {all.length === 0 && <Text>{t.noEstimates}</Text>}
      {all.length > 0 && (
        <List>
          {all.map(({ name, value, model, modelVersion, drivers }) => (
            <List.Item key={name}>
              <Text>
                {t[name]}: <b>{value}</b>
              </Text>
              <Text size="sm" c="dimmed">
                {t.by(model, modelVersion)}
              </Text>
              {drivers.length > 0 && (
                <Text size="sm">
                  {t.most}: {drivers.slice(0, 3).join(', ')}
                </Text>
              )}
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}
