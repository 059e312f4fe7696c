/** The frame of the shop: who shops, the cart, and the page that is open. */
import { Anchor, AppShell, Button, Container, Group, NativeSelect, Text } from '@mantine/core';
import { Link, Route, Switch, useLocation } from 'wouter';
import { useLanguage, useWords } from '../console/language.tsx';
import { CartPage } from './pages/cart.tsx';
import { ListPage } from './pages/list.tsx';
import { ProductPage } from './pages/product.tsx';
import { ThanksPage } from './pages/thanks.tsx';
import { people } from './people.ts';
import { useShop } from './shop.tsx';
import { identified } from './tracking.ts';
import { words } from './words.ts';

export function App() {
  const t = useWords(words);
  const { cart } = useShop().state;
  const pieces = cart.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <AppShell.Header>
        <Container size="lg" h="100%">
          <Group h="100%" justify="space-between" gap="xs" wrap="nowrap">
            <Anchor component={Link} href="/" fw={700} c="inherit" underline="never">
              {t.shop}
            </Anchor>
            <Group gap="xs" wrap="nowrap">
              <Who />
              <Button component={Link} href="/cart" variant="light" size="compact-md">
                {t.cart(pieces)}
              </Button>
              <Language />
            </Group>
          </Group>
        </Container>
      </AppShell.Header>
      <AppShell.Main id="content">
        <Container size="lg" px={0}>
          <Switch>
            <Route path="/product/:item">{({ item }) => <ProductPage key={item} item={item} />}</Route>
            <Route path="/cart" component={CartPage} />
            <Route path="/thanks/:order">{({ order }) => <ThanksPage order={order} />}</Route>
            <Route component={ListPage} />
          </Switch>
          <Text size="xs" c="dimmed" mt="xl">
            {t.notice}{' '}
            <Anchor href="/" underline="always">
              {t.console}
            </Anchor>
          </Text>
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}

/** Lets a visitor be one of the demo's people. */
function Who() {
  const t = useWords(words);
  const { state, dispatch, config } = useShop();
  const [, go] = useLocation();
  const become = (userId: string): void => {
    const person = people.find((one) => one.userId === userId);
    identified(person, config?.people.find((one) => one.userId === userId)?.userToken);
    dispatch({ kind: 'became', userId: person?.userId });
    go('/');
  };
  return (
    <NativeSelect
      aria-label={t.shopAs}
      size="xs"
      value={state.userId ?? ''}
      onChange={(event) => become(event.currentTarget.value)}
      data={[
        { value: '', label: t.guest },
        ...people.map(({ userId, name }) => ({ value: userId, label: name })),
      ]}
    />
  );
}

function Language() {
  const t = useWords(words);
  const { language, choose } = useLanguage();
  return (
    <Button variant="subtle" size="compact-sm" onClick={() => choose(language === 'en' ? 'zh' : 'en')}>
      {t.otherLanguage}
    </Button>
  );
}
