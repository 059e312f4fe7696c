/** What stands in place of the pages while nobody is logged in. */
import { Alert, Button, Code, Container, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ApiError, makeClient } from '../api/client.ts';
import { dictionary, useWords } from './language.tsx';
import { keepToken } from './session.ts';

const words = dictionary(
  {
    title: 'Log in',
    how: 'Open the link that the start printed, or print another:',
    or: 'Or log in with a secret key. It stays in this browser until you log out.',
    key: 'Secret key',
    go: 'Log in',
    ended: 'This link was used before, or has ended. Print another:',
    refused: 'This key is not known, or may only send events.',
    unreachable: 'The system does not answer. Is it running?',
  },
  {
    title: '登录',
    how: '请打开启动时显示的链接，或重新生成一个：',
    or: '也可以用密钥登录。密钥会保存在本浏览器中，直到退出登录。',
    key: '密钥',
    go: '登录',
    ended: '该链接已被使用或已过期。请重新生成：',
    refused: '密钥无效，或仅可用于发送事件。',
    unreachable: '系统没有响应，请确认它正在运行。',
  },
);

export function Login({ failed }: { failed: boolean }) {
  const t = useWords(words);
  const [key, setKey] = useState('');
  const [trouble, setTrouble] = useState<string>();
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    const asked = key.trim();
    try {
      await makeClient({ token: () => asked }).call('GET /api/me', {});
      keepToken(asked);
    } catch (error) {
      setTrouble(error instanceof ApiError ? t.refused : t.unreachable);
    }
  };
  return (
    <Container size="xs" py="xl" component="main">
      <Paper withBorder p="xl" component="form" onSubmit={enter}>
        <Stack>
          <Title order={1} size="h2">
            {t.title}
          </Title>
          <Text {...(failed && { c: 'red' })}>{failed ? t.ended : t.how}</Text>
          <Code block>npx wellspring login</Code>
          <Text size="sm">{t.or}</Text>
          <PasswordInput
            label={t.key}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            autoComplete="off"
          />
          {trouble !== undefined && <Alert color="red">{trouble}</Alert>}
          <Button type="submit" disabled={key.trim() === ''}>
            {t.go}
          </Button>
        </Stack>
      </Paper>
    </Container>
  );
}
