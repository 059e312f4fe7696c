/** Durations as people read them: seconds, then minutes. */
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import { words } from './words.ts';

export function useTimes(): (seconds: number) => string {
  const t = useWords(words);
  const format = useFormat();
  return (seconds) =>
    seconds < 90
      ? t.seconds(format.number(seconds, seconds < 10 ? 1 : 0))
      : t.minutes(format.number(seconds / 60, 0));
}
