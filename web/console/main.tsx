import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../api/client.ts';
import { App } from './app.tsx';
import { useConfig } from './config.ts';
import { LanguageProvider } from './language.tsx';
import { Login } from './login.tsx';
import { ProviderLogin } from './provider-login.tsx';
import { logIn, takeLogin, useToken } from './session.ts';
import { cssVariables, theme } from './theme.ts';

/** What the API refuses it will refuse again. */
const retry = (count: number, error: Error): boolean => count < 1 && !(error instanceof ApiError);
const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry } } });

const link = takeLogin();
const refused =
  link !== undefined &&
  !(await logIn(link).then(
    () => true,
    () => false,
  ));

function Entrance() {
  const config = useConfig();
  if (useToken() !== undefined) return <App />;
  if (!config) return null;
  return config.login === 'oidc' ? <ProviderLogin config={config} /> : <Login failed={refused} />;
}

createRoot(document.getElementById('root') ?? document.body).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
    <LanguageProvider>
      <QueryClientProvider client={queries}>
        <Entrance />
      </QueryClientProvider>
    </LanguageProvider>
  </MantineProvider>,
);
