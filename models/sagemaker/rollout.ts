/** How a version comes to serve, and how many machines it gets: SageMaker's endpoints and their scaling, as API objects. */
import { type Named, resourceName, VARIANT } from './requests.ts';
import type { ServingSize } from './sizes.ts';

export interface RolloutOptions extends Named {
  /** Share of the capacity that the new version begins with, percent: 1 to 50. @default 10 */
  readonly canaryPercent?: number;
  /** How long the canary, and then the whole, is watched, seconds. @default 600 */
  readonly watchSeconds?: number;
  /** CloudWatch alarms of which any one brings the old version back. */
  readonly alarms: readonly string[];
}

/** The endpoint is one for all versions of a model: callers keep its name. */
export const endpointName = ({ prefix, model }: Pick<Named, 'prefix' | 'model'>): string =>
  resourceName(prefix, model);

const configName = ({ prefix, model, version }: Named): string => resourceName(prefix, model, version);

/** CreateEndpoint, for the first version; there is nothing to roll back to yet. */
export const createEndpoint = (named: Named) => ({
  EndpointName: endpointName(named),
  EndpointConfigName: configName(named),
});

/**
 * UpdateEndpoint: a second fleet (blue/green) with the new version takes a small share of the questions first, then all of
 * them; the old fleet stays until the watch is over.
 * @throws RangeError without an alarm, which would make the watch blind, or for a share outside of 1 to 50 percent.
 */
export function updateEndpoint(options: RolloutOptions) {
  const { canaryPercent = 10, watchSeconds = 600, alarms } = options;
  if (alarms.length === 0 || alarms.length > 10)
    throw new RangeError('a rollout is watched by 1 to 10 alarms');
  if (canaryPercent < 1 || canaryPercent > 50) throw new RangeError('a canary is 1 to 50 percent');
  return {
    ...createEndpoint(options),
    // The number of machines that scaling found stays.
    RetainAllVariantProperties: true,
    DeploymentConfig: {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: canaryPercent },
          WaitIntervalInSeconds: watchSeconds,
        },
        TerminationWaitInSeconds: watchSeconds,
        // New machines take minutes to start; whatever is not done by then is rolled back.
        MaximumExecutionTimeoutInSeconds: Math.max(3600, 4 * watchSeconds),
      },
      AutoRollbackConfiguration: { Alarms: alarms.map((name) => ({ AlarmName: name })) },
    },
  };
}

/** Names of the two alarms on the endpoint's own figures: errors, and answers that take too long. */
export const watchers = (named: Pick<Named, 'prefix' | 'model'>): [errors: string, slow: string] => [
  `${endpointName(named)}-errors`,
  `${endpointName(named)}-slow`,
];

const target = (named: Pick<Named, 'prefix' | 'model'>) => ({
  ServiceNamespace: 'sagemaker',
  ResourceId: `endpoint/${endpointName(named)}/variant/${VARIANT}`,
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
});

/** What scales with the questions; nothing where the size is serverless or fixed. */
export interface Scaling {
  readonly registerScalableTarget: ReturnType<typeof target> & { MinCapacity: number; MaxCapacity: number };
  readonly putScalingPolicy: ReturnType<typeof policy>;
}

/**
 * RegisterScalableTarget and PutScalingPolicy of Application Auto Scaling. `perMinute`: questions that one machine is to
 * answer a minute, well below what it can.
 */
export function scaling(
  named: Pick<Named, 'prefix' | 'model'>,
  size: ServingSize,
  perMinute: number,
): Scaling | undefined {
  if (size.kind === 'serverless' || size.least === size.most) return undefined;
  return {
    registerScalableTarget: { ...target(named), MinCapacity: size.least, MaxCapacity: size.most },
    putScalingPolicy: policy(named, perMinute),
  };
}

function policy(named: Pick<Named, 'prefix' | 'model'>, perMinute: number) {
  return {
    PolicyName: `${endpointName(named)}-questions`,
    ...target(named),
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: perMinute,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      // Up at once, down with patience: a machine takes minutes to start.
      ScaleOutCooldown: 60,
      ScaleInCooldown: 600,
    },
  };
}
