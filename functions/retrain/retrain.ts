/** The steps of the workflow by name: what the state machine calls, on either host. */
import * as z from 'zod/mini';
import { gate, promoteVersion, refuse, rollBack, watch } from './decide.ts';
import { deploy, restore } from './deploy.ts';
import { evaluate } from './evaluate.ts';
import { type Machines, machinesSchema } from './machines.ts';
import { modelRunSchema, runSchema, type StepServices } from './run.ts';
import { snapshot } from './snapshot.ts';
import { finish, train } from './train.ts';
import { type StepName, steps } from './workflow.ts';

const callSchema = z.object({
  step: z.enum(steps),
  input: z.unknown(),
  machines: z.optional(machinesSchema),
});
const failureSchema = z.object({ error: z.object({ Error: z.string(), Cause: z.unknown() }) });

/** Builds what answers a task of the state machine: `{ step, input }` -> the step's result, as JSON. */
export function makeRetrain(services: StepServices): (call: unknown) => Promise<object> {
  return async (call) => {
    const { step, input, machines = {} } = callSchema.parse(call);
    return step === 'snapshot'
      ? snapshot(runSchema.parse(input), services)
      : ofModel(step, input, services, machines);
  };
}

async function ofModel(
  step: Exclude<StepName, 'snapshot'>,
  input: unknown,
  services: StepServices,
  machines: Machines,
): Promise<object> {
  const run = modelRunSchema.parse(input);
  services.onProgress({ step, model: run.model, share: 0 });
  switch (step) {
    case 'train':
      return train(run, services, machines);
    case 'finish':
      return finish(run, services, machines);
    case 'evaluate':
      return evaluate(run, services);
    case 'gate':
      return gate(run, services);
    case 'deploy':
      return deploy(run, services, machines);
    case 'promote':
      return promoteVersion(run, services);
    case 'refuse':
      return refuse(run, services);
    case 'watch':
      return watch(run, services);
    case 'rollback':
      return { ...(await rollBack(run, services)), ...(await restore(run, services, machines)) };
    case 'fail':
      return { ...failed(input), ...(await restore(run, services, machines)) };
  }
}

/** A model's run that failed; its champion stays. */
function failed(input: unknown): object {
  const { error } = failureSchema.parse(input);
  return { error: error.Error, cause: typeof error.Cause === 'string' ? error.Cause : '' };
}
