/** The role of a machine that SageMaker rents: its folders of the lake, its image, its logs and figures, nothing else. */
import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { FolderName } from '../functions/chain.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataStack } from './data-stack.ts';

/** Account that owns AWS's deep-learning images. */
const AWS_IMAGES = '763104351884';

export interface ModelRoleProps {
  readonly data: DataStack;
  /** Folders of the lake, and whether the machine writes them. */
  readonly reads: readonly FolderName[];
  readonly writes: readonly FolderName[];
  readonly repository: string;
  /** Log group and namespace of its figures, as SageMaker names them. */
  readonly logs: string;
}

export const allow = (
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, unknown>,
): PolicyStatement =>
  new PolicyStatement({
    sid,
    effect: Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });

export class ModelRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ModelRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
    this.#files(props);
    this.#rest(props);
  }

  #files({ data, reads, writes }: ModelRoleProps): void {
    const { region } = Stack.of(this);
    const objects = (folders: readonly FolderName[]): string[] =>
      folders.map((folder) => data.lake.arnForObjects(`${folder}/*`));
    const all = [...new Set([...reads, ...writes])];
    const within = { StringLike: { 's3:prefix': all.map((folder) => `${folder}/*`) } };
    for (const statement of [
      allow('Read', ['s3:GetObject'], objects(reads)),
      allow('Write', ['s3:PutObject'], objects(writes)),
      allow('List', ['s3:ListBucket'], [data.lake.bucketArn], within),
      allow('Key', ['kms:Decrypt', 'kms:GenerateDataKey'], [data.key.keyArn], {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
      }),
    ])
      this.role.addToPolicy(statement);
    const lake = Stack.of(data).resolve(data.exportValue(data.lake.bucketArn));
    const reason = 'A machine has whole folders of its own kind.';
    acknowledge(
      this.role,
      Object.fromEntries(
        all.map((folder) => [`AwsSolutions-IAM5[Resource::${lake['Fn::ImportValue']}/${folder}/*]`, reason]),
      ),
    );
  }

  #rest({ repository, logs }: ModelRoleProps): void {
    const { region } = Stack.of(this);
    const group = Stack.of(this).formatArn({ service: 'logs', resource: `log-group:${logs}` });
    const image = `arn:aws:ecr:${region}:${AWS_IMAGES}:repository/${repository}`;
    const write = ['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'];
    for (const statement of [
      allow('Image', ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [image]),
      allow('ImageLogin', ['ecr:GetAuthorizationToken'], ['*']),
      allow(
        'Log',
        write.map((action) => `logs:${action}`),
        [`${group}*`],
      ),
      allow('Figures', ['cloudwatch:PutMetricData'], ['*'], {
        StringEquals: { 'cloudwatch:namespace': logs },
      }),
    ])
      this.role.addToPolicy(statement);
    acknowledge(this.role, {
      [`AwsSolutions-IAM5[Resource::arn:aws:logs:${region}:<AWS::AccountId>:log-group:${logs}*]`]:
        'SageMaker names the groups and streams.',
      'AwsSolutions-IAM5[Resource::*]': 'Neither the login to images nor figures belong to a resource.',
    });
  }
}
