/** Alarms from the map. Every alarm names its heading in the runbook, and tells the topic when it starts and ends. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { chain, entryOf } from '../functions/chain.ts';
import { UNDELIVERED } from '../functions/destinations/undelivered.ts';
import { ERASURE_FAILED } from '../functions/forget/forget.ts';
import { DIFFERENCE } from '../functions/reconcile/reconcile.ts';
import { metricsNamespace } from '../functions/settings.ts';
import type { RunningChain } from './running-chain.ts';
import type { StageSettings } from './settings.ts';

/** Headings of `docs/runbook.md` that alarms link to, as their anchors. */
type Heading =
  | 'lag'
  | 'errors'
  | 'throttles'
  | 'records-given-up-on'
  | 'scheduled-calls-undelivered'
  | 'server-errors'
  | 'the-books-differ'
  | 'erasures-failing'
  | 'webhooks-undelivered'
  | 'workflows-failed'
  | 'models-answer-wrongly-or-slowly';

const FIVE_MINUTES = Duration.minutes(5);

interface Rule {
  readonly metric: IMetric;
  /** The alarm rings at and above this value. */
  readonly from: number;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  readonly says: string;
  readonly heading: Heading;
  /** Where something outside of the stack must know it. @default chosen by CloudFormation */
  readonly name?: string;
}

/** Counts of a stream consumer's deliveries: `DroppedEventCount`, `OnFailureDestinationDeliveredEventCount`. */
export const deliveryMetric = (mapping: EventSourceMapping, metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
    statistic: 'Sum',
    period: FIVE_MINUTES,
  });

export interface AlarmsProps {
  readonly settings: StageSettings;
  readonly key: IKey;
  /** Keeps the mails that could not be sent. */
  readonly undelivered: IQueue;
}

export class Alarms extends Construct {
  readonly topic: Topic;
  readonly #runbook: string;
  readonly #action: SnsAction;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { settings, key, undelivered } = props;
    this.#runbook = settings.runbook;
    this.topic = new Topic(this, 'Topic', { displayName: 'Wellspring', masterKey: key, enforceSSL: true });
    this.#action = new SnsAction(this.topic);
    if (settings.alarmEmail === undefined) return;
    this.topic.addSubscription(new EmailSubscription(settings.alarmEmail, { deadLetterQueue: undelivered }));
  }

  add(id: string, rule: Rule): void {
    const alarm = new Alarm(this, id, {
      ...(rule.name !== undefined && { alarmName: rule.name }),
      metric: rule.metric,
      threshold: rule.from,
      evaluationPeriods: rule.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${rule.says} What to do: ${this.#runbook}#${rule.heading}`,
    });
    alarm.addAlarmAction(this.#action);
    alarm.addOkAction(this.#action);
  }
}

/** Adds every alarm that the map calls for. */
export function addAlarms(stack: RunningChain, alarms: Alarms, settings: StageSettings): void {
  for (const [name, { function: target }] of stack.functions) {
    const mapping = stack.mappings.get(name);
    if (mapping) addStreamAlarms(name, target, mapping, alarms, settings);
    alarms.add(`${name}-errors`, {
      metric: target.metricErrors({ period: FIVE_MINUTES }),
      from: 1,
      // A workflow's task fails once a night or not at all.
      periods: entryOf(name).trigger.kind === 'workflow' ? 1 : 2,
      says: `${name} fails.`,
      heading: 'errors',
    });
    alarms.add(`${name}-throttles`, {
      metric: target.metricThrottles({ period: FIVE_MINUTES }),
      from: 1,
      periods: 2,
      says: `${name} is held back by a concurrency limit.`,
      heading: 'throttles',
    });
  }
  for (const [name, machine] of stack.workflows) {
    alarms.add(`${name}-workflow-failed`, {
      metric: machine.metricFailed({ period: FIVE_MINUTES }),
      from: 1,
      says: `The workflow ${name} failed.`,
      heading: 'workflows-failed',
    });
  }
  alarms.add('undelivered', {
    metric: stack.undelivered.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
    from: 1,
    says: 'A scheduled call was not delivered or kept failing.',
    heading: 'scheduled-calls-undelivered',
  });
  alarms.add('books', {
    metric: new Metric({
      namespace: metricsNamespace,
      metricName: DIFFERENCE,
      statistic: 'Maximum',
      period: Duration.minutes(chain.reconcile.trigger.everyMinutes),
    }),
    from: 1,
    says: 'Events of a closed minute are missing, or were counted twice.',
    heading: 'the-books-differ',
  });
  alarms.add('webhooks-undelivered', {
    metric: new Metric({
      namespace: metricsNamespace,
      metricName: UNDELIVERED,
      statistic: 'Sum',
      period: FIVE_MINUTES,
    }),
    from: 1,
    says: 'A destination refused word of a segment, or did not take it for a day.',
    heading: 'webhooks-undelivered',
  });
  alarms.add('erasures-failing', {
    metric: new Metric({
      namespace: metricsNamespace,
      metricName: ERASURE_FAILED,
      statistic: 'Sum',
      period: FIVE_MINUTES,
    }),
    from: 1,
    // It is tried every minute: what fails for a quarter of an hour needs somebody.
    periods: 3,
    says: 'A step of an erasure keeps failing.',
    heading: 'erasures-failing',
  });
  alarms.add('server-errors', {
    metric: stack.api.stage.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum' }),
    from: 5,
    says: 'The HTTP API answers 5xx.',
    heading: 'server-errors',
  });
}

function addStreamAlarms(
  name: string,
  target: LambdaFunction,
  mapping: EventSourceMapping,
  alarms: Alarms,
  settings: StageSettings,
): void {
  alarms.add(`${name}-lag`, {
    metric: target.metric('IteratorAge', { period: FIVE_MINUTES, statistic: 'Maximum' }),
    from: settings.lagMinutes * 60_000,
    periods: 2,
    says: `${name} is behind: its oldest unread record is more than ${settings.lagMinutes} minutes old.`,
    heading: 'lag',
  });
  alarms.add(`${name}-given-up`, {
    metric: deliveryMetric(mapping, 'OnFailureDestinationDeliveredEventCount'),
    from: 1,
    says: `${name} gave up on records; they lie in the failures bucket.`,
    heading: 'records-given-up-on',
  });
  alarms.add(`${name}-dropped`, {
    metric: deliveryMetric(mapping, 'DroppedEventCount'),
    from: 1,
    says: `${name} lost records: they could not even be put into the failures bucket.`,
    heading: 'records-given-up-on',
  });
}
