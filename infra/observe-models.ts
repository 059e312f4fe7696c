/** The alarms on the endpoints of models, by which a rollout is watched too. */
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { prefixOf } from '../functions/retrain/machines.ts';
import { VARIANT } from '../models/sagemaker/requests.ts';
import { endpointName, watchers } from '../models/sagemaker/rollout.ts';
import type { Alarms } from './observe.ts';

const WRONG_A_MINUTE = 5;
/** 99th percentile of an answer. */
const SLOW_MICROSECONDS = 500_000;

/** `prefix`: the stage's. An endpoint that is not there yet, or is not asked, is well. */
export function addModelAlarms(alarms: Alarms, prefix: string, tenant: string): void {
  const named = { prefix: prefixOf({ prefix }, tenant), model: 'behaviour' };
  const [errors, slow] = watchers(named);
  const metric = (metricName: string, statistic: string): Metric =>
    new Metric({
      namespace: 'AWS/SageMaker',
      metricName,
      dimensionsMap: { EndpointName: endpointName(named), VariantName: VARIANT },
      statistic,
      period: Duration.minutes(1),
    });
  const heading = 'models-answer-wrongly-or-slowly';
  alarms.add(`model-errors-${tenant}`, {
    name: errors,
    metric: metric('Invocation5XXErrors', 'Sum'),
    from: WRONG_A_MINUTE,
    periods: 2,
    says: `The model of ${tenant} answers with errors.`,
    heading,
  });
  alarms.add(`model-slow-${tenant}`, {
    name: slow,
    metric: metric('ModelLatency', 'p99'),
    from: SLOW_MICROSECONDS,
    periods: 2,
    says: `The model of ${tenant} answers slowly.`,
    heading,
  });
}
