/** Machines for models: which the stage has, and what the state machine may ask SageMaker for. */
import { Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Machines } from '../functions/retrain/machines.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataStack } from './data-stack.ts';
import { endpointPrefix } from './grants.ts';
import { allow, ModelRole } from './model-role.ts';
import type { StageSettings } from './settings.ts';

export interface ModelMachinesProps {
  readonly data: DataStack;
  readonly settings: StageSettings;
}

export class ModelMachines extends Construct {
  /** What the state machine's definition holds; undefined where the function does everything. */
  readonly machines: Machines | undefined;
  readonly #roles: Role[] = [];
  readonly #prefix: string;

  constructor(scope: Construct, id: string, { data, settings }: ModelMachinesProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    const { training, serving } = settings;
    this.#prefix = endpointPrefix(data);
    const place = { region, prefix: this.#prefix, bucket: data.lake.bucketName };
    this.machines =
      training || serving
        ? {
            ...(training && { training: { ...place, role: this.#trainer(data), ...training } }),
            ...(serving && { serving: { ...place, role: this.#server(data), ...serving } }),
          }
        : undefined;
  }

  #trainer(data: DataStack): string {
    const { role } = new ModelRole(this, 'Training', {
      data,
      reads: ['runs'],
      writes: ['runs'],
      repository: 'pytorch-training',
      logs: '/aws/sagemaker/TrainingJobs',
    });
    this.#roles.push(role);
    return role.roleArn;
  }

  #server(data: DataStack): string {
    const { role } = new ModelRole(this, 'Serving', {
      data,
      reads: ['models'],
      writes: ['captured'],
      repository: 'sagemaker-tritonserver',
      logs: '/aws/sagemaker/Endpoints',
    });
    this.#roles.push(role);
    return role.roleArn;
  }

  /** Lets the role of a state machine ask for what the machines are for. */
  grantRun(machine: Role): void {
    const { machines } = this;
    if (!machines) return;
    if (machines.training) this.#grantJobs(machine);
    if (machines.serving) this.#grantEndpoints(machine);
    machine.addToPolicy(
      allow(
        'Lend',
        ['iam:PassRole'],
        this.#roles.map(({ roleArn }) => roleArn),
        { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      ),
    );
  }

  #named(machine: Role, resource: string): string {
    const resourceName = `${this.#prefix}-*`;
    const stack = Stack.of(this);
    acknowledge(machine, {
      [`AwsSolutions-IAM5[Resource::arn:aws:sagemaker:${stack.region}:<AWS::AccountId>:${resource}/${resourceName}]`]:
        'Every version has names of its own, which begin with the stage.',
    });
    return stack.formatArn({ service: 'sagemaker', resource, resourceName });
  }

  #grantJobs(machine: Role): void {
    // Step Functions learns of the end of a job by this rule, which it makes itself.
    const rule = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
    });
    const asked = ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags'];
    for (const statement of [
      allow(
        'Train',
        asked.map((action) => `sagemaker:${action}`),
        [this.#named(machine, 'training-job')],
      ),
      allow('Hear', ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [rule]),
    ])
      machine.addToPolicy(statement);
  }

  #grantEndpoints(machine: Role): void {
    const [model, config, endpoint] = ['model', 'endpoint-config', 'endpoint'].map((kind) =>
      this.#named(machine, kind),
    );
    const asked = ['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint', 'UpdateEndpoint'];
    const scaling = [
      'RegisterScalableTarget',
      'PutScalingPolicy',
      'DescribeScalableTargets',
      'DescribeScalingPolicies',
    ];
    const alarms = ['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms'];
    for (const statement of [
      allow(
        'Serve',
        [
          ...asked,
          'DescribeEndpoint',
          'DescribeEndpointConfig',
          'UpdateEndpointWeightsAndCapacities',
          'AddTags',
        ].map((action) => `sagemaker:${action}`),
        [model ?? '', config ?? '', endpoint ?? ''],
      ),
      // Scaling by a target makes alarms of its own, and a role that AWS owns.
      allow(
        'Scale',
        scaling.map((action) => `application-autoscaling:${action}`),
        ['*'],
      ),
      allow(
        'ScaleAlarms',
        alarms.map((action) => `cloudwatch:${action}`),
        ['*'],
      ),
      allow(
        'ScaleRole',
        ['iam:CreateServiceLinkedRole'],
        [
          Stack.of(this).formatArn({
            service: 'iam',
            region: '',
            resource: 'role',
            resourceName:
              'aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
          }),
        ],
      ),
    ])
      machine.addToPolicy(statement);
  }
}
