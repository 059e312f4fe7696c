/** A text with a button that copies it. */
import { Button, Code, CopyButton, Group } from '@mantine/core';
import { dictionary, useWords } from '../language.tsx';

const words = dictionary({ copy: 'Copy', copied: 'Copied' }, { copy: '复制', copied: '已复制' });

export function Copy({ text, label }: { text: string; label: string }) {
  const t = useWords(words);
  return (
    <Group align="start" wrap="nowrap">
      <Code
        block
        flex={1}
        miw={0}
        style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
        aria-label={label}
      >
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button variant="light" size="compact-sm" onClick={copy}>
            {copied ? t.copied : t.copy}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
