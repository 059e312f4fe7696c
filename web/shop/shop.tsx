/** The shop's memory, key and client, for every component. */
import {
  createContext,
  type Dispatch,
  type ReactNode,
  use,
  useEffect,
  useMemo,
  useReducer,
  useState,
} from 'react';
import { type Client, makeClient } from '../api/client.ts';
import { type Config, readConfig } from './config.ts';
import { type Change, change, nothing, restore, type State } from './state.ts';
import { openTag } from './tag.ts';

const KEY = 'wellspring.shop';

interface Shop {
  readonly state: State;
  readonly dispatch: Dispatch<Change>;
  readonly client: Client;
  /** Undefined until the host has answered. */
  readonly config: Config | undefined;
  /** Whether the tag is there, or will not come. */
  readonly ready: boolean;
}

const Context = createContext<Shop>({
  state: nothing,
  dispatch: () => {},
  client: makeClient({ token: () => undefined }),
  config: undefined,
  ready: false,
});

export const useShop = (): Shop => use(Context);

export function ShopProvider({ children }: { children: ReactNode }) {
  const [state, dispatch] = useReducer(change, null, () => restore(localStorage.getItem(KEY)));
  const [config, setConfig] = useState<Config>();
  const [ready, setReady] = useState(false);
  useEffect(() => localStorage.setItem(KEY, JSON.stringify(state)), [state]);
  useEffect(() => {
    const open = async (): Promise<void> => {
      const found = await readConfig();
      setConfig(found);
      await openTag(found.writeKey);
    };
    // Without the host nothing is tracked and nothing recommended; the shop itself goes on.
    void open()
      .catch(() => undefined)
      .then(() => setReady(true));
  }, []);
  const shop = useMemo(
    () => ({ state, dispatch, config, ready, client: makeClient({ token: () => config?.writeKey }) }),
    [state, config, ready],
  );
  return <Context value={shop}>{children}</Context>;
}
