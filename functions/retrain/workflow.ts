/**
 * The retraining workflow in Amazon's States Language. Step Functions runs this definition; so does one machine.
 *
 * Snapshot, then for each model: train, evaluate, gate, promote or refuse, watch. A model whose run fails leaves its champion
 * as it is, and the others go on; a promoted model that does not answer is rolled back. Where there is too little history
 * the run ends early and well, with the reason under `error`. Where the step `train` answers with a job, SageMaker trains.
 */
import { retryableCodes } from '../task-error.ts';
import type { JobRequest, JobSettings } from './job.ts';

export const steps = [
  'snapshot',
  'train',
  'finish',
  'evaluate',
  'gate',
  'promote',
  'refuse',
  'watch',
  'rollback',
  'fail',
] as const;
export type StepName = (typeof steps)[number];

/** States that call something: our steps, and SageMaker. */
export const tasks: readonly string[] = [...steps, 'job'];

/** Fields of SageMaker's CreateTrainingJob that a job has. */
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
] as const satisfies readonly (keyof JobRequest)[];

/** Models in the order in which they are trained: the blend of `behaviour` rests on `neighbours`. */
export const modelNames = ['neighbours', 'behaviour', 'classes'] as const;
export type ModelName = (typeof modelNames)[number];

/** What Lambda itself answers when a repeat may help. */
const platformErrors = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
];

/** States of the workflow, by the step they call. */
type State = Readonly<Record<string, unknown>>;

const retry = (attempts: number): State => ({
  Retry: [
    {
      ErrorEquals: [...retryableCodes, ...platformErrors],
      IntervalSeconds: 10,
      MaxAttempts: attempts,
      BackoffRate: 2,
    },
  ],
});

/** A call of one step with the state's whole input; its answer lies under `result`. */
const task = (resource: string, call: State, result: string, next: State): State => ({
  Type: 'Task',
  Resource: resource,
  Parameters: call,
  ResultPath: result,
  ...retry(3),
  ...next,
});

const caught = (next: StepName | 'tooLittle', error = 'States.ALL'): State => ({
  Catch: [{ ErrorEquals: [error], ResultPath: '$.error', Next: next }],
});

/** Waits for the job that `train` described; what SageMaker tells of it is not kept. */
const trainingJob = (next: State): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
  Parameters: Object.fromEntries(jobFields.map((field) => [`${field}.$`, `$.train.job.${field}`])),
  ResultPath: null,
  ...next,
});

/** `resource`: ARN of the function that does all steps. `job`: where large models are trained, if not within the step. */
export function retrainWorkflow(
  resource: string,
  job?: JobSettings,
): {
  StartAt: string;
  Comment: string;
  States: Record<string, State>;
} {
  const step = (name: StepName, next: State): State =>
    task(resource, { step: name, 'input.$': '$', ...(job && { job }) }, `$.${name}`, next);
  const perModel = {
    StartAt: 'train',
    States: {
      train: step('train', { ...caught('fail'), Next: 'where' }),
      where: {
        Type: 'Choice',
        Choices: [{ Variable: '$.train.job.TrainingJobName', IsPresent: true, Next: 'job' }],
        Default: 'evaluate',
      },
      job: trainingJob({ ...caught('fail'), Next: 'finish' }),
      finish: step('finish', { ...caught('fail'), Next: 'evaluate' }),
      evaluate: step('evaluate', { ...caught('fail'), Next: 'gate' }),
      gate: step('gate', { ...caught('fail'), Next: 'passed' }),
      passed: {
        Type: 'Choice',
        Choices: [{ Variable: '$.gate.passed', BooleanEquals: true, Next: 'promote' }],
        Default: 'refuse',
      },
      promote: step('promote', { ...caught('fail'), Next: 'watch' }),
      refuse: step('refuse', { End: true }),
      watch: step('watch', { ...caught('rollback'), End: true }),
      rollback: step('rollback', { End: true }),
      fail: step('fail', { End: true }),
    },
  };
  return {
    Comment: 'Learn from history; serve what is better.',
    StartAt: 'snapshot',
    States: {
      snapshot: step('snapshot', { ...caught('tooLittle', 'too_little_history'), Next: 'models' }),
      tooLittle: { Type: 'Succeed' },
      models: {
        Type: 'Map',
        ItemsPath: '$.models',
        Parameters: {
          'tenant.$': '$.tenant',
          'run.$': '$.run',
          'seed.$': '$.snapshot.seed',
          'model.$': '$$.Map.Item.Value',
        },
        MaxConcurrency: 1,
        Iterator: perModel,
        ResultPath: '$.results',
        End: true,
      },
    },
  };
}
