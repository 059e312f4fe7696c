/** The frame: menu, language, colours, and the page that is open. */
import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  NavLink,
  Skeleton,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLogout, IconMoonStars, IconShoppingBag } from '@tabler/icons-react';
import { Suspense } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { useConfig } from './config.ts';
import { useLanguage, useWords } from './language.tsx';
import { pages } from './pages.ts';
import { Boundary } from './parts/boundary.tsx';
import { keepToken } from './session.ts';
import { words } from './words.ts';

export function App() {
  const t = useWords(words);
  const [opened, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px={{ base: 'xs', sm: 'md' }} gap="xs" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t.menu} />
            <Text fw={700}>Wellspring</Text>
          </Group>
          <Tools />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label={t.menu}>
        {pages.map(({ path, name, icon: Icon }) => (
          <NavLink
            key={path}
            component={Link}
            href={path}
            onClick={close}
            label={t[name]}
            leftSection={<Icon size={18} aria-hidden />}
            active={path === '/' ? location === '/' : location.startsWith(path)}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <Boundary key={location.split('/')[1]}>
          <Suspense fallback={<Skeleton role="status" height={320} aria-label={t.loading} />}>
            <Switch>
              {pages.map(({ path, content }) => (
                <Route key={path} path={path === '/' ? '/' : `${path}/*?`} component={content} />
              ))}
            </Switch>
          </Suspense>
        </Boundary>
      </AppShell.Main>
    </AppShell>
  );
}

function Tools() {
  const t = useWords(words);
  const { language, choose } = useLanguage();
  const { toggleColorScheme } = useMantineColorScheme();
  return (
    <Group gap={4} wrap="nowrap">
      {useConfig()?.shop && (
        <Button
          component="a"
          href="/shop/"
          target="_blank"
          variant="light"
          size="compact-sm"
          leftSection={<IconShoppingBag size={16} aria-hidden />}
        >
          {t.shop}
        </Button>
      )}
      <Button variant="subtle" size="compact-sm" onClick={() => choose(language === 'en' ? 'zh' : 'en')}>
        {t.otherLanguage}
      </Button>
      <ActionIcon variant="subtle" onClick={toggleColorScheme} aria-label={t.colours}>
        <IconMoonStars size={18} />
      </ActionIcon>
      <ActionIcon variant="subtle" onClick={() => keepToken(undefined)} aria-label={t.logOut}>
        <IconLogout size={18} />
      </ActionIcon>
    </Group>
  );
}
