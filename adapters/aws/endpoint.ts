/** A SageMaker endpoint that speaks KServe v2, as Triton's container does. */
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type Endpoint, endpointNameOf, type Prediction, type Tensor } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import { readResponse, requestText } from '../../domain/kserve.ts';

export interface AwsEndpointOptions {
  readonly client: SageMakerRuntimeClient;
  /** With what the names of SageMaker's endpoints begin: the stage's. Every tenant has its own. */
  readonly prefix: string;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/** The model's own answer with 4xx: the question was wrong, not the endpoint. */
function isRefusal(error: unknown): boolean {
  const status: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'OriginalStatusCode') : undefined;
  return nameOf(error) === 'ModelError' && typeof status === 'number' && status >= 400 && status < 500;
}

export class AwsEndpoint implements Endpoint {
  readonly #options: AwsEndpointOptions;

  constructor(options: AwsEndpointOptions) {
    this.#options = options;
  }

  async predict({
    model,
    inputs,
  }: {
    readonly model: string;
    readonly inputs: readonly Tensor[];
  }): Promise<Prediction> {
    const { client, prefix } = this.#options;
    const name = endpointNameOf(prefix, model);
    const command = new InvokeEndpointCommand({
      EndpointName: name,
      ContentType: 'application/json',
      Accept: 'application/json',
      Body: Buffer.from(requestText(inputs)),
    });
    const answer = await client.send(command).catch((cause: unknown) => {
      if (isRefusal(cause))
        throw new WellspringError('model_refused', `${model} refused the question`, { cause });
      throw new WellspringError(
        'model_unavailable',
        `the endpoint ${name} did not answer: ${nameOf(cause)}`,
        { cause },
      );
    });
    const { version, outputs } = readResponse(new TextDecoder().decode(answer.Body));
    return { model, version, outputs };
  }
}
