/** Training jobs on GPU machines: the role such a machine has, and what the state machine may ask SageMaker for. */
import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { JobSettings } from '../functions/retrain/job.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataStack } from './data-stack.ts';
import type { StageSettings } from './settings.ts';

/** Account that owns AWS's deep-learning images. */
const AWS_IMAGES = '763104351884';

export interface TrainingJobsProps {
  readonly data: DataStack;
  readonly training: NonNullable<StageSettings['training']>;
}

const allow = (
  sid: string,
  actions: string[],
  resources: string[],
  conditions?: Record<string, unknown>,
): PolicyStatement =>
  new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources, ...(conditions && { conditions }) });

export class TrainingJobs extends Construct {
  /** What the state machine's definition holds. */
  readonly settings: JobSettings;
  readonly #role: Role;

  constructor(scope: Construct, id: string, { data, training }: TrainingJobsProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
    this.settings = {
      region,
      role: this.#role.roleArn,
      prefix: data.stackName.replace(/-data$/, ''),
      bucket: data.lake.bucketName,
      ...training,
    };
    this.#letWork(data);
  }

  /** The folder of runs, the image, logs and figures; nothing else of the lake. */
  #letWork(data: DataStack): void {
    const { region } = Stack.of(this);
    const runs = data.lake.arnForObjects('runs/*');
    const logs = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group:/aws/sagemaker/TrainingJobs',
    });
    const image = `arn:aws:ecr:${region}:${AWS_IMAGES}:repository/pytorch-training`;
    for (const statement of [
      allow('Files', ['s3:GetObject', 's3:PutObject'], [runs]),
      allow('Folder', ['s3:ListBucket'], [data.lake.bucketArn], { StringLike: { 's3:prefix': ['runs/*'] } }),
      allow('Key', ['kms:Decrypt', 'kms:GenerateDataKey'], [data.key.keyArn], {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
      }),
      allow('Image', ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [image]),
      allow('ImageLogin', ['ecr:GetAuthorizationToken'], ['*']),
      allow(
        'Log',
        ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        [`${logs}:*`],
      ),
      allow('Figures', ['cloudwatch:PutMetricData'], ['*'], {
        StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/TrainingJobs' },
      }),
    ])
      this.#role.addToPolicy(statement);
    const imported = Stack.of(data).resolve(data.exportValue(data.lake.bucketArn));
    acknowledge(this.#role, {
      [`AwsSolutions-IAM5[Resource::${imported['Fn::ImportValue']}/runs/*]`]:
        'Every run has a folder of its own below it.',
      [`AwsSolutions-IAM5[Resource::arn:aws:logs:${region}:<AWS::AccountId>:log-group:/aws/sagemaker/TrainingJobs:*]`]:
        'SageMaker names the streams.',
      'AwsSolutions-IAM5[Resource::*]': 'Neither the login to images nor figures belong to a resource.',
    });
  }

  /** Lets the role of a state machine start jobs, wait for them and stop them. */
  grantRun(machine: Role): void {
    const stack = Stack.of(this);
    const jobs = stack.formatArn({
      service: 'sagemaker',
      resource: 'training-job',
      resourceName: `${this.settings.prefix}-*`,
    });
    // Step Functions learns of the end of a job by this rule, which it makes itself.
    const rule = stack.formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
    });
    const asked = ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags'];
    for (const statement of [
      allow(
        'Train',
        asked.map((action) => `sagemaker:${action}`),
        [jobs],
      ),
      allow('Hear', ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [rule]),
      allow('Lend', ['iam:PassRole'], [this.#role.roleArn], {
        StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
      }),
    ])
      machine.addToPolicy(statement);
    acknowledge(machine, {
      [`AwsSolutions-IAM5[Resource::arn:aws:sagemaker:${stack.region}:<AWS::AccountId>:training-job/${this.settings.prefix}-*]`]:
        'Every job has a name of its own, which begins with the stage.',
    });
  }
}
