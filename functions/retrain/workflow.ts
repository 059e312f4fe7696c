/**
 * The retraining workflow in Amazon's States Language. Step Functions runs this definition; so does one machine.
 *
 * Snapshot, then for each model: train, evaluate, gate, promote or refuse, watch. A model whose run fails leaves its champion
 * as it is, and the others go on; a promoted model that does not answer is rolled back. Where there is too little history
 * the run ends early and well, with the reason under `error`. Where the step `train` answers with a job, SageMaker trains;
 * where `deploy` answers with a model, SageMaker serves it before it is promoted.
 */
import { retryableCodes } from '../task-error.ts';
import type { Machines } from './machines.ts';
import { jobStates, servingStates } from './sagemaker-states.ts';

export const steps = [
  'snapshot',
  'train',
  'finish',
  'evaluate',
  'gate',
  'deploy',
  'promote',
  'refuse',
  'watch',
  'rollback',
  'fail',
] as const;
export type StepName = (typeof steps)[number];

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
export type State = Readonly<Record<string, unknown>>;

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

/** `resource`: ARN of the function that does all steps. `machines`: what there is beside it. */
export function retrainWorkflow(
  resource: string,
  machines?: Machines,
): {
  StartAt: string;
  Comment: string;
  States: Record<string, State>;
} {
  const step = (name: StepName, next: State): State =>
    task(resource, { step: name, 'input.$': '$', ...(machines && { machines }) }, `$.${name}`, next);
  const perModel = {
    StartAt: 'train',
    States: {
      train: step('train', { ...caught('fail'), Next: 'where' }),
      where: {
        Type: 'Choice',
        Choices: [{ Variable: '$.train.job.TrainingJobName', IsPresent: true, Next: 'job' }],
        Default: 'evaluate',
      },
      ...jobStates(caught('fail'), 'finish'),
      finish: step('finish', { ...caught('fail'), Next: 'evaluate' }),
      evaluate: step('evaluate', { ...caught('fail'), Next: 'gate' }),
      gate: step('gate', { ...caught('fail'), Next: 'passed' }),
      passed: {
        Type: 'Choice',
        Choices: [{ Variable: '$.gate.passed', BooleanEquals: true, Next: 'deploy' }],
        Default: 'refuse',
      },
      deploy: step('deploy', { ...caught('fail'), Next: 'served' }),
      served: {
        Type: 'Choice',
        Choices: [{ Variable: '$.deploy.model.ModelName', IsPresent: true, Next: 'createModel' }],
        Default: 'promote',
      },
      ...servingStates(caught('fail'), { done: 'promote', failed: 'fail' }),
      promote: step('promote', { ...caught('fail'), Next: 'watch' }),
      refuse: step('refuse', { End: true }),
      watch: step('watch', { ...caught('rollback'), End: true }),
      rollback: step('rollback', { Next: 'moved' }),
      fail: step('fail', { Next: 'moved' }),
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
