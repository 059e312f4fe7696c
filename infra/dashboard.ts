/** One page that shows the chain at a glance: what comes in, how far each consumer is behind, what fails. */
import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { functionNames, streams } from '../functions/chain.ts';
import { namesOf } from '../functions/uses.ts';
import type { DataStack } from './data-stack.ts';
import { deliveryMetric } from './observe.ts';
import type { RunningChain } from './running-chain.ts';

const period = Duration.minutes(1);

const graph = (title: string, left: IMetric[]): IWidget =>
  new GraphWidget({ title, left, width: 8, height: 6 });

export function addDashboard(stack: RunningChain, data: DataStack): void {
  const { stage } = stack.api;
  const functions = functionNames.flatMap((name) => {
    const made = stack.functions.get(name);
    return made ? [{ name, target: made.function, mapping: stack.mappings.get(name) }] : [];
  });
  const consumers = functions.flatMap(({ name, target, mapping }) =>
    mapping ? [{ name, target, mapping }] : [],
  );
  const perFunction = (metric: (of: (typeof functions)[number]) => IMetric): IMetric[] =>
    functions.map(metric);
  new Dashboard(stack, 'Dashboard', {
    defaultInterval: Duration.hours(3),
    widgets: [
      [
        graph('Requests', [
          stage.metricCount({ period, statistic: 'Sum', label: 'all' }),
          stage.metricClientError({ period, statistic: 'Sum', label: '4xx' }),
          stage.metricServerError({ period, statistic: 'Sum', label: '5xx' }),
        ]),
        graph('Answer time, ms', [
          stage.metricLatency({ period, statistic: 'p50', label: 'p50' }),
          stage.metricLatency({ period, statistic: 'p99', label: 'p99' }),
        ]),
        graph(
          'Records into streams',
          namesOf(streams).map((name) =>
            data.streams[name].metricIncomingRecords({ period, statistic: 'Sum', label: name }),
          ),
        ),
      ],
      [
        graph(
          'Age of the oldest unread record, ms',
          consumers.map(({ name, target }) =>
            target.metric('IteratorAge', { period, statistic: 'Maximum', label: name }),
          ),
        ),
        graph(
          'Records given up on',
          consumers.map(({ name, mapping }) =>
            deliveryMetric(mapping, 'OnFailureDestinationDeliveredEventCount').with({ label: name }),
          ),
        ),
        graph(
          'Duration p99, ms',
          perFunction(({ name, target }) => target.metricDuration({ period, statistic: 'p99', label: name })),
        ),
      ],
      [
        graph(
          'Errors',
          perFunction(({ name, target }) => target.metricErrors({ period, label: name })),
        ),
        graph(
          'Throttles',
          perFunction(({ name, target }) => target.metricThrottles({ period, label: name })),
        ),
        graph(
          'Invocations',
          perFunction(({ name, target }) => target.metricInvocations({ period, label: name })),
        ),
      ],
    ],
  });
}
