/** What may be shown, and which ways to find it stand side by side. */
import { Chip, Group, Select, Slider, Stack, Switch, Text } from '@mantine/core';
import { type RecommendationMode, recommendationModes } from '../../../../events/recommendations.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { words } from './words.ts';

export interface Rules {
  readonly category: string | undefined;
  readonly inStock: boolean;
  readonly bought: boolean;
  /** 0 to 1. */
  readonly diversity: number;
  readonly modes: readonly RecommendationMode[];
}

export const firstRules: Rules = {
  category: undefined,
  inStock: true,
  bought: false,
  diversity: 0.3,
  modes: ['auto', 'neighbours', 'similar', 'popular'],
};

interface RulesProps {
  readonly rules: Rules;
  readonly change: (rules: Rules) => void;
}

export function ChooseRules({ rules, change }: RulesProps) {
  const t = useWords(words);
  const { data } = useAsk(['products', ''], (call, signal) =>
    call('GET /api/products', { query: { limit: 20 } }, signal),
  );
  return (
    <Stack gap="sm">
      <Group align="end" gap="lg">
        <Select
          label={t.category}
          placeholder={t.allCategories}
          data={data?.categories ?? []}
          value={rules.category ?? null}
          onChange={(category) => change({ ...rules, category: category ?? undefined })}
          clearable
        />
        <Switch
          label={t.inStock}
          checked={rules.inStock}
          onChange={(event) => change({ ...rules, inStock: event.currentTarget.checked })}
        />
        <Switch
          label={t.bought}
          checked={rules.bought}
          onChange={(event) => change({ ...rules, bought: event.currentTarget.checked })}
        />
        <Stack gap={4} w={180}>
          <Text size="sm" fw={500}>
            {t.diversity}
          </Text>
          <Slider
            thumbLabel={t.diversity}
            min={0}
            max={1}
            step={0.1}
            defaultValue={rules.diversity}
            onChangeEnd={(diversity) => change({ ...rules, diversity })}
          />
        </Stack>
      </Group>
      <Chip.Group
        multiple
        value={[...rules.modes]}
        onChange={(chosen) =>
          change({ ...rules, modes: recommendationModes.filter((mode) => chosen.includes(mode)) })
        }
      >
        <Group gap="xs" role="group" aria-label={t.modes}>
          {recommendationModes.map((mode) => (
            <Chip key={mode} value={mode} size="sm">
              {t[mode]}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Stack>
  );
}
