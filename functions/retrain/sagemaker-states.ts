/** The states of the workflow in which SageMaker works: a training job, and a new version behind the endpoint. */
import type { State } from './workflow.ts';

const SETTLE_SECONDS = 60;

/** A call of an AWS service by Step Functions itself; what it answers is not kept unless `next` says so. */
const service = (resource: string, parameters: State, next: State): State => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${resource}`,
  Parameters: parameters,
  ResultPath: null,
  ...next,
});

/** Fields by the path where they lie: `{ 'ModelName.$': '$.deploy.model.ModelName' }`. */
const from = (path: string, fields: readonly string[]): State =>
  Object.fromEntries(fields.map((field) => [`${field}.$`, `${path}.${field}`]));

const jobFields = [
  'TrainingJobName',
  'RoleArn',
  'AlgorithmSpecification',
  'HyperParameters',
  'InputDataConfig',
  'OutputDataConfig',
  'ResourceConfig',
  'EnableManagedSpotTraining',
  'StoppingCondition',
  'CheckpointConfig',
  'RetryStrategy',
  'EnableNetworkIsolation',
  'Tags',
];

/** Waits for the job that `train` described. `caught`: where a failure goes. */
export const jobStates = (caught: State, next: string): Record<string, State> => ({
  job: service('sagemaker:createTrainingJob.sync', from('$.train.job', jobFields), { ...caught, Next: next }),
});

const present = (path: string, next: string): State => ({ Variable: path, IsPresent: true, Next: next });
const isOneOf = (path: string, values: readonly string[], next: string): State => ({
  Or: values.map((value) => ({ Variable: path, StringEquals: value })),
  Next: next,
});

/**
 * The model, its configuration, the endpoint made or moved, the wait until it settled, and its scaling. SageMaker itself
 * returns to the version before when an alarm rings on the way: then the endpoint settles with another configuration.
 */
export function servingStates(
  caught: State,
  { done, failed }: { readonly done: string; readonly failed: string },
): Record<string, State> {
  const step = (resource: string, parameters: State, next: State): State =>
    service(resource, parameters, { ...caught, ...next });
  const sdk = 'aws-sdk:sagemaker';
  const endpoint = { 'EndpointName.$': '$.deploy.create.EndpointName' };
  return {
    createModel: step(
      `${sdk}:createModel`,
      from('$.deploy.model', ['ModelName', 'ExecutionRoleArn', 'PrimaryContainer', 'Tags']),
      { Next: 'captured' },
    ),
    captured: {
      Type: 'Choice',
      Choices: [present('$.deploy.config.DataCaptureConfig', 'createCapturing')],
      Default: 'createConfig',
    },
    createConfig: step(`${sdk}:createEndpointConfig`, from('$.deploy.config', configFields), {
      Next: 'find',
    }),
    createCapturing: step(
      `${sdk}:createEndpointConfig`,
      from('$.deploy.config', [...configFields, 'DataCaptureConfig']),
      { Next: 'find' },
    ),
    // An endpoint that cannot be described is not there yet; if it is there after all, making it fails.
    find: service(`${sdk}:describeEndpoint`, endpoint, {
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'create' }],
      Next: 'update',
    }),
    create: step(`${sdk}:createEndpoint`, from('$.deploy.create', ['EndpointName', 'EndpointConfigName']), {
      Next: 'settle',
    }),
    update: step(`${sdk}:updateEndpoint`, from('$.deploy.update', updateFields), { Next: 'settle' }),
    settle: { Type: 'Wait', Seconds: SETTLE_SECONDS, Next: 'look' },
    look: step(`${sdk}:describeEndpoint`, endpoint, {
      ResultSelector: { 'status.$': '$.EndpointStatus', 'config.$': '$.EndpointConfigName' },
      ResultPath: '$.endpoint',
      Next: 'settled',
    }),
    settled: {
      Type: 'Choice',
      Choices: [
        {
          And: [
            { Variable: '$.endpoint.status', StringEquals: 'InService' },
            { Variable: '$.endpoint.config', StringEqualsPath: '$.deploy.config.EndpointConfigName' },
          ],
          Next: 'scales',
        },
        isOneOf('$.endpoint.status', moving, 'settle'),
      ],
      Default: 'notServing',
    },
    notServing: {
      Type: 'Pass',
      Result: { Error: 'model_unavailable', Cause: 'the new version did not come to serve' },
      ResultPath: '$.error',
      Next: failed,
    },
    scales: {
      Type: 'Choice',
      Choices: [present('$.deploy.scaling.putScalingPolicy', 'scale')],
      Default: done,
    },
    scale: step(
      'aws-sdk:applicationautoscaling:registerScalableTarget',
      from('$.deploy.scaling.registerScalableTarget', [...scaledFields, 'MinCapacity', 'MaxCapacity']),
      { Next: 'policy' },
    ),
    policy: step(
      'aws-sdk:applicationautoscaling:putScalingPolicy',
      from('$.deploy.scaling.putScalingPolicy', policyFields),
      { Next: done },
    ),
    ...backStates,
  };
}

const configFields = ['EndpointConfigName', 'ProductionVariants', 'Tags'];
const updateFields = ['EndpointName', 'EndpointConfigName', 'RetainAllVariantProperties', 'DeploymentConfig'];
const scaledFields = ['ServiceNamespace', 'ResourceId', 'ScalableDimension'];
const policyFields = [
  ...scaledFields,
  'PolicyName',
  'PolicyType',
  'TargetTrackingScalingPolicyConfiguration',
];
const moving = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'];

/** After a failure: the endpoint follows the champion, where it had moved. */
const backStates: Record<string, State> = {
  moved: {
    Type: 'Choice',
    Choices: [
      present('$.rollback.back.EndpointName', 'backFromRollback'),
      present('$.fail.back.EndpointName', 'backFromFailure'),
    ],
    Default: 'ended',
  },
  backFromRollback: backFrom('$.rollback.back'),
  backFromFailure: backFrom('$.fail.back'),
  ended: { Type: 'Succeed' },
};

/** Where the endpoint never left the champion SageMaker refuses, which is as good. */
function backFrom(path: string): State {
  return service('aws-sdk:sagemaker:updateEndpoint', from(path, ['EndpointName', 'EndpointConfigName']), {
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'ended' }],
    Next: 'ended',
  });
}
