/** On what machines models are trained and served, and what that costs by the list. */

/** One machine, as SageMaker rents it. */
export interface Machine {
  readonly gpu: boolean;
  /** US dollars an hour. */
  readonly hourly: number;
}

/**
 * List prices, on demand, real-time inference and training alike, region us-east-1. Taken down in November 2026 from public
 * copies of AWS's price list (https://aws.amazon.com/sagemaker/ai/pricing/), which was not asked itself: for orders of
 * magnitude, not for bills. Spot training is usually well below.
 */
export const prices = {
  date: '2026-11',
  region: 'us-east-1',
  source: 'public copies of https://aws.amazon.com/sagemaker/ai/pricing/',
  machines: {
    'ml.c5.large': { gpu: false, hourly: 0.102 },
    'ml.c5.xlarge': { gpu: false, hourly: 0.204 },
    'ml.g5.xlarge': { gpu: true, hourly: 1.408 },
    'ml.g5.2xlarge': { gpu: true, hourly: 1.515 },
    'ml.g6.xlarge': { gpu: true, hourly: 1.127 },
    'ml.g6.2xlarge': { gpu: true, hourly: 1.222 },
  },
} as const satisfies {
  date: string;
  region: string;
  source: string;
  machines: Record<string, Machine>;
};

export type MachineType = keyof typeof prices.machines;

/** What stands behind an endpoint. */
export type ServingSize =
  /** Paid by the request; nothing runs between. CPU only, and it can neither capture data nor be isolated from the network. */
  | {
      readonly kind: 'serverless';
      readonly memoryMb: 1024 | 2048 | 3072 | 4096 | 5120 | 6144;
      readonly concurrency: number;
    }
  /** `least` and `most`: between what the number of machines scales. */
  | { readonly kind: 'machines'; readonly type: MachineType; readonly least: number; readonly most: number };

export interface ModelSizes {
  readonly serving: ServingSize;
  readonly training: MachineType;
}

/** Two machines in prod: SageMaker spreads them over zones. */
export const sizes = {
  dev: {
    serving: { kind: 'machines', type: 'ml.c5.large', least: 1, most: 1 },
    training: 'ml.g5.xlarge',
  },
  prod: {
    serving: { kind: 'machines', type: 'ml.g6.xlarge', least: 2, most: 6 },
    training: 'ml.g6.2xlarge',
  },
} as const satisfies Record<string, ModelSizes>;

export const onGpu = (size: ServingSize): boolean =>
  size.kind === 'machines' && prices.machines[size.type].gpu;

/** US dollars a month of 730 hours at the smallest number of machines; undefined where requests are paid. */
export function monthly(size: ServingSize): number | undefined {
  return size.kind === 'machines' ? 730 * size.least * prices.machines[size.type].hourly : undefined;
}
