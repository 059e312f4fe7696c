/** Where the steps of a funnel are chosen: events in order, with filters. */
import { ActionIcon, Autocomplete, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowUp, IconFilterPlus, IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { useWords } from '../../language.tsx';
import { type Filter, MOST_FILTERS, MOST_STEPS, type Step, usualEvents } from './question.ts';
import { words } from './words.ts';

interface BuilderProps {
  readonly steps: readonly Step[];
  readonly change: (steps: readonly Step[]) => void;
}

const nextId = (all: readonly { readonly id: number }[]): number =>
  Math.max(-1, ...all.map(({ id }) => id)) + 1;

export function Builder({ steps, change }: BuilderProps) {
  const t = useWords(words);
  const put = (changed: Step): void => change(steps.map((step) => (step.id === changed.id ? changed : step)));
  const up = (place: number): void => {
    const [before, moved] = [steps[place - 1], steps[place]];
    if (before && moved) change(steps.with(place - 1, moved).with(place, before));
  };
  return (
    <Stack gap="sm" component="fieldset" bd={0} p={0} m={0}>
      <Text component="legend" fw={600} size="sm" mb={4}>
        {t.steps}
      </Text>
      {steps.map((step, place) => (
        <StepRow
          key={step.id}
          step={step}
          place={place}
          change={put}
          up={() => up(place)}
          {...(steps.length > 2 && { remove: () => change(steps.filter(({ id }) => id !== step.id)) })}
        />
      ))}
      <Group justify="space-between">
        <Button
          variant="light"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={steps.length >= MOST_STEPS}
          onClick={() => change([...steps, { id: nextId(steps), event: '', filters: [] }])}
        >
          {t.addStep}
        </Button>
      </Group>
    </Stack>
  );
}

interface StepRowProps {
  readonly step: Step;
  readonly place: number;
  readonly change: (step: Step) => void;
  readonly up: () => void;
  readonly remove?: () => void;
}

function StepRow({ step, place, change, up, remove }: StepRowProps) {
  const t = useWords(words);
  const number = place + 1;
  const add = (): void =>
    change({ ...step, filters: [...step.filters, { id: nextId(step.filters), property: '', value: '' }] });
  return (
    <Stack gap={4}>
      <Group gap={4} wrap="nowrap">
        <Autocomplete
          aria-label={t.event(number)}
          data={usualEvents}
          value={step.event}
          maxLength={256}
          onChange={(event) => change({ ...step, event })}
          leftSection={<Text size="sm">{number}</Text>}
          flex={1}
        />
        <ActionIcon
          variant="subtle"
          aria-label={t.addFilterTo(number)}
          title={t.addFilter}
          disabled={step.filters.length >= MOST_FILTERS}
          onClick={add}
        >
          <IconFilterPlus size={16} />
        </ActionIcon>
        <ActionIcon variant="subtle" aria-label={t.up(number)} disabled={place === 0} onClick={up}>
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="red"
          aria-label={t.removeStep(number)}
          disabled={!remove}
          onClick={remove}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      {step.filters.map((filter) => (
        <FilterRow
          key={filter.id}
          filter={filter}
          change={(changed) =>
            change({ ...step, filters: step.filters.map((one) => (one.id === changed.id ? changed : one)) })
          }
          remove={() => change({ ...step, filters: step.filters.filter(({ id }) => id !== filter.id) })}
        />
      ))}
      {step.filters.length > 0 && (
        <Text size="xs" c="dimmed" pl="md">
          {t.filterHow}
        </Text>
      )}
    </Stack>
  );
}

interface FilterRowProps {
  readonly filter: Filter;
  readonly change: (filter: Filter) => void;
  readonly remove: () => void;
}

function FilterRow({ filter, change, remove }: FilterRowProps) {
  const t = useWords(words);
  return (
    <Group gap={4} wrap="nowrap" pl="md">
      <TextInput
        size="xs"
        flex={1}
        aria-label={t.filterProperty}
        placeholder={t.filterProperty}
        maxLength={256}
        value={filter.property}
        onChange={(event) => change({ ...filter, property: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        flex={1}
        aria-label={t.filterValue}
        placeholder={t.filterValue}
        maxLength={512}
        value={filter.value}
        onChange={(event) => change({ ...filter, value: event.currentTarget.value })}
      />
      <ActionIcon variant="subtle" aria-label={t.removeFilter} onClick={remove}>
        <IconX size={14} />
      </ActionIcon>
    </Group>
  );
}
