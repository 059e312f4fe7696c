import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { LanguageProvider } from '../console/language.tsx';
import { cssVariables, theme } from '../console/theme.ts';
import { App } from './app.tsx';

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: false } } });

createRoot(document.getElementById('root') ?? document.body).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
    <LanguageProvider>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </LanguageProvider>
  </MantineProvider>,
);
