/** The cart and the check-out below it. */
import { Anchor, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useWords } from '../../console/language.tsx';
import { productOf } from '../catalogue.ts';
import { useMoney } from '../product-card.tsx';
import { RecommendedRow } from '../row.tsx';
import { useShop } from '../shop.tsx';
import type { Line } from '../state.ts';
import { cartViewed, checkoutStarted, ordered, removed, totalOf } from '../tracking.ts';
import { words } from '../words.ts';

export function CartPage() {
  const t = useWords(words);
  const { cart } = useShop().state;
  const first = useRef(cart);
  useEffect(() => cartViewed(first.current), []);
  return (
    <Stack>
      <Title order={1} size="h2">
        {t.cart(cart.length)}
      </Title>
      {cart.length === 0 ? <Text c="dimmed">{t.emptyCart}</Text> : <Lines cart={cart} />}
      {cart.length > 0 && <Checkout cart={cart} />}
      <RecommendedRow
        title={cart.length === 0 ? t.forYou : t.goesWith}
        items={cart.map(({ item }) => item)}
      />
    </Stack>
  );
}

function Lines({ cart }: { cart: readonly Line[] }) {
  const t = useWords(words);
  const { dispatch } = useShop();
  const money = useMoney();
  return (
    <Table verticalSpacing="xs">
      <Table.Tbody>
        {cart.map(({ item, quantity }) => {
          const product = productOf(item);
          if (!product) return null;
          const drop = (): void => {
            removed(product, quantity);
            dispatch({ kind: 'removed', item });
          };
          return (
            <Table.Tr key={item}>
              <Table.Td>
                {t.quantity(quantity)}{' '}
                <Anchor component={Link} href={`/product/${item}`}>
                  {product.name}
                </Anchor>
              </Table.Td>
              <Table.Td ta="end">{money(product.price * quantity)}</Table.Td>
              <Table.Td ta="end">
                <Button
                  variant="subtle"
                  size="compact-sm"
                  onClick={drop}
                  aria-label={`${t.remove}: ${product.name}`}
                >
                  {t.remove}
                </Button>
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

function Checkout({ cart }: { cart: readonly Line[] }) {
  const t = useWords(words);
  const { dispatch } = useShop();
  const money = useMoney();
  const [, go] = useLocation();
  const [order, setOrder] = useState<string>();
  const start = (): void => {
    const name = `shop-${crypto.randomUUID()}`;
    checkoutStarted(name, cart);
    setOrder(name);
  };
  const place = (name: string): void => {
    ordered(name, cart);
    dispatch({ kind: 'ordered' });
    go(`/thanks/${name}`);
  };
  return (
    <Group justify="space-between">
      <Text fw={700}>
        {t.total}: {money(totalOf(cart))}
      </Text>
      {order === undefined ? (
        <Button onClick={start}>{t.checkout}</Button>
      ) : (
        <Group>
          <Text size="sm" c="dimmed">
            {t.checkoutLead}
          </Text>
          <Button onClick={() => place(order)}>{t.order}</Button>
        </Group>
      )}
    </Group>
  );
}
