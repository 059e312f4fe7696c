/** Where people log in at a provider: a button, and the way back. */
import { Alert, Button, Container, Paper, Stack, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Config } from './config.ts';
import { dictionary, useWords } from './language.tsx';
import { finishSignIn, isReturning, signIn } from './sign-in.ts';

const words = dictionary(
  { title: 'Log in', go: 'Log in', failed: 'Logging in did not work. Please try again.' },
  { title: '登录', go: '登录', failed: '登录未成功，请重试。' },
);

/** The code works once: a second look at the page must not use it again. */
let returning = isReturning();

export function ProviderLogin({ config }: { config: Extract<Config, { login: 'oidc' }> }) {
  const t = useWords(words);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!returning) return;
    returning = false;
    finishSignIn(config).catch(() => setFailed(true));
  }, [config]);
  return (
    <Container size="xs" py="xl" component="main">
      <Paper withBorder p="xl">
        <Stack>
          <Title order={1} size="h2">
            {t.title}
          </Title>
          {failed && <Alert color="red">{t.failed}</Alert>}
          <Button onClick={() => void signIn(config)}>{t.go}</Button>
        </Stack>
      </Paper>
    </Container>
  );
}
