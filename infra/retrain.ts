/** The retraining workflow: the definition that one machine interprets too, a clock per tenant, and the rights of both. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { workflows } from '../functions/chain.ts';
import { modelNames, retrainWorkflow } from '../functions/retrain/workflow.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataStack } from './data-stack.ts';
import { ModelMachines } from './model-machines.ts';
import type { StageSettings } from './settings.ts';

export interface WorkflowProps {
  /** Does the tasks. */
  readonly target: LambdaFunction;
  readonly settings: StageSettings;
  readonly data: DataStack;
  /** Keeps starts that could not be delivered. */
  readonly undelivered: IQueue;
}

/** A night's run takes minutes; one that hangs must not meet the next. */
const LONGEST = Duration.hours(12);
const PATIENCE = Duration.hours(1);

const allow = (sid: string, action: string, resource: string): PolicyStatement =>
  new PolicyStatement({ sid, effect: Effect.ALLOW, actions: [action], resources: [resource] });

export class Workflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { target, settings, data, undelivered }: WorkflowProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    role.addToPolicy(allow('Call', 'lambda:InvokeFunction', target.functionArn));
    const models = new ModelMachines(this, 'Models', { data, settings });
    models.grantRun(role);
    const logs = new LogGroup(this, 'Log', {
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.machine = new StateMachine(this, 'Machine', {
      comment: 'Learns from history and lets serve what is better.',
      definitionBody: DefinitionBody.fromString(
        Stack.of(this).toJsonString(retrainWorkflow(target.functionArn, models.machines)),
      ),
      role,
      timeout: LONGEST,
      tracingEnabled: true,
      logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: false },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'Traces and scaling belong to no resource, and the delivery of logs is set up for * alone.',
    });
    this.#schedule(settings.retrain, undelivered);
  }

  /** Every tenant's run starts with the hour of the map; the time it was due names the run. */
  #schedule(tenants: readonly string[], undelivered: IQueue): void {
    const { stateMachineArn } = this.machine;
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    });
    role.addToPolicy(allow('Start', 'states:StartExecution', stateMachineArn));
    role.addToPolicy(allow('GiveUp', 'sqs:SendMessage', undelivered.queueArn));
    for (const tenant of tenants) {
      const schedule = new CfnSchedule(this, `Schedule-${tenant}`, {
        scheduleExpression: `cron(0 ${workflows.retrain.dailyAt} * * ? *)`,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: stateMachineArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ tenant, run: '<aws.scheduler.scheduled-time>', models: modelNames }),
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: PATIENCE.toSeconds() },
          deadLetterConfig: { arn: undelivered.queueArn },
        },
      });
      schedule.node.addDependency(role);
    }
  }
}
