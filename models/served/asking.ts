/** Questions to the behaviour endpoint that hold nobody up: a breaker, halves of what is refused, and no nonsense out. */
import type { Endpoint, Prediction } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import { type Breaker, closed, failed, phaseOf, probing, succeeded } from '../../domain/scores/breaker.ts';
import type { Reason } from '../../domain/scores/scores.ts';
import { answersOf, type BehaviourAnswer } from '../behaviour/answers.ts';
import { calibrated } from '../behaviour/calibration.ts';
import type { Example } from '../behaviour/example.ts';
import { encodeBatch } from '../behaviour/tokens.ts';
import { tritonVersion } from '../registry/registry.ts';
import type { ServedBehaviour } from './open.ts';

/** What the model says about one customer, or why it says nothing. */
export type Asked =
  | { readonly answer: BehaviourAnswer }
  | { readonly answer?: undefined; readonly reason: Reason };

const none = (examples: readonly Example[], reason: Reason): Asked[] => examples.map(() => ({ reason }));
const answered = (asked: readonly Asked[]): boolean => asked.some(({ answer }) => answer !== undefined);

/** Name under which an endpoint knows a tenant's behaviour model. */
export const endpointModel = (tenant: string): string => `${tenant}/behaviour`;

export class Asking {
  readonly #endpoint: Endpoint;
  readonly #count: (name: string, value: number) => void;
  #breaker: Breaker = closed;

  constructor(endpoint: Endpoint, count: (name: string, value: number) => void) {
    this.#endpoint = endpoint;
    this.#count = count;
  }

  /** One of {@link Asked} per example; never throws for what the endpoint does. `now`: ms. */
  async ask(
    behaviour: ServedBehaviour | undefined,
    tenant: string,
    examples: readonly Example[],
    now: number,
  ): Promise<Asked[]> {
    if (!behaviour) return none(examples, 'no_model');
    const phase = phaseOf(this.#breaker, now);
    if (examples.length === 0 || phase === 'open') return none(examples, 'endpoint_unavailable');
    if (phase === 'half-open') this.#breaker = probing(this.#breaker, now);
    const asked = await this.#halves(behaviour, tenant, examples);
    const refused = asked.filter((one) => one.answer === undefined && one.reason === 'model_refused').length;
    if (refused > 0) this.#count('EndpointRefused', refused);
    // One customer alone may be what is wrong; a whole batch without an answer is the endpoint's fault.
    if (answered(asked) || (examples.length === 1 && refused === 1)) this.#breaker = succeeded();
    else {
      this.#breaker = failed(this.#breaker, now);
      this.#count('EndpointFailed', 1);
    }
    return asked;
  }

  /** Halves what was refused until the one that does not fit stands alone. */
  async #halves(behaviour: ServedBehaviour, tenant: string, examples: readonly Example[]): Promise<Asked[]> {
    const found = await this.#once(behaviour, tenant, examples);
    if (typeof found !== 'string') return found;
    if (found !== 'model_refused' || examples.length < 2) return none(examples, found);
    const middle = examples.length >> 1;
    const first = await this.#halves(behaviour, tenant, examples.slice(0, middle));
    return [...first, ...(await this.#halves(behaviour, tenant, examples.slice(middle)))];
  }

  async #once(
    { version, vocabulary, calibrators, length }: ServedBehaviour,
    tenant: string,
    examples: readonly Example[],
  ): Promise<Asked[] | Reason> {
    const inputs = encodeBatch(examples, vocabulary, length);
    let prediction: Prediction;
    try {
      prediction = await this.#endpoint.predict({ model: endpointModel(tenant), inputs });
    } catch (error) {
      const refused = error instanceof WellspringError && error.code === 'model_refused';
      return refused ? 'model_refused' : 'endpoint_unavailable';
    }
    // Rows of another version's vocabulary would name other items.
    if (![version, `${tritonVersion(version)}`].includes(prediction.version)) return 'endpoint_unavailable';
    const output = (name: string): ArrayLike<number | bigint> =>
      prediction.outputs.find((tensor) => tensor.name === name)?.data ?? [];
    return calibrated(answersOf(inputs, output, vocabulary), calibrators).map(sound);
  }
}

const isChance = (value: number): boolean => value >= 0 && value <= 1;

/** Nothing that is no number, out of its range or without a name gets further. */
function sound(answer: BehaviourAnswer): Asked {
  const { purchase, churn, value } = answer;
  if (!isChance(purchase) || !isChance(churn) || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    return { reason: 'model_refused' };
  const items = answer.items.filter(({ item, score }) => item !== '' && Number.isFinite(score));
  return { answer: { ...answer, items } };
}
