/** Runs a state machine of Step Functions in this process, from the definition that AWS gets. */
import { StateMachine } from 'aws-local-stepfunctions';
import { TaskError } from '../../functions/task-error.ts';

/** Any well-formed ARN: every task is answered here. */
export const LOCAL_TASK = 'arn:aws:lambda:eu-central-1:123456789012:function:local';

export interface RunOptions {
  /** In Amazon's States Language; the interpreter checks it. */
  readonly definition: object;
  /** Names of the states that are tasks, also those inside of maps. */
  readonly tasks: readonly string[];
  readonly input: object;
  /** Answers a task; what it throws, the machine retries or catches by the error's code. */
  readonly call: (input: unknown) => Promise<object>;
  /** Answers states in which an AWS service works, by the name of the state. @default none is met */
  readonly services?: Readonly<Record<string, (input: unknown) => Promise<object>>>;
  /** Wait before a repeat and in states that wait, ms. @default what the definition says */
  readonly retryMs?: number;
}

/** Resolves with the machine's output. @throws the error that no state caught. */
export async function runStateMachine({
  definition,
  tasks,
  input,
  call,
  services = {},
  retryMs,
}: RunOptions): Promise<unknown> {
  const parse: (text: string) => ConstructorParameters<typeof StateMachine>[0] = JSON.parse;
  const machine = new StateMachine(parse(JSON.stringify(definition)), {
    validationOptions: { checkArn: false },
  });
  let failure: unknown;
  const answerBy = (answer: (input: unknown) => Promise<object>) => async (asked: unknown) => {
    try {
      return JSON.parse(JSON.stringify(await answer(asked)));
    } catch (error) {
      failure = error;
      throw new TaskError(error);
    }
  };
  const { result } = machine.run(JSON.parse(JSON.stringify(input)), {
    overrides: {
      taskResourceLocalHandlers: {
        ...Object.fromEntries(tasks.map((name) => [name, answerBy(call)])),
        ...Object.fromEntries(Object.entries(services).map(([name, answer]) => [name, answerBy(answer)])),
      },
      ...(retryMs === undefined
        ? {}
        : {
            retryIntervalOverrides: Object.fromEntries(tasks.map((name) => [name, retryMs])),
            waitTimeOverrides: { settle: retryMs },
          }),
    },
  });
  try {
    return await result;
  } catch (error) {
    throw failure ?? error;
  }
}
