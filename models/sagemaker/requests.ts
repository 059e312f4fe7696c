/**
 * What SageMaker is asked for, as plain objects of the API's JSON shape (version 2017-07-24): whoever has a client sends
 * them. Names hold the model's version, so that nothing is ever overwritten.
 */
import type { TrainingRun } from './dataset.ts';
import { type MachineType, onGpu, type ServingSize } from './sizes.ts';

/** Account that owns AWS's images in these regions. */
const AWS_IMAGES = '763104351884';
const regions = [
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'ca-central-1',
  'eu-west-1',
  'eu-central-1',
  'eu-north-1',
];
/** Newer Triton images need newer drivers than {@link DRIVERS} has. */
const TRITON = 'sagemaker-tritonserver:24.09-py3';
const PYTORCH = 'pytorch-training:2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker';
const DRIVERS = 'al2-ami-sagemaker-inference-gpu-2';

/** SageMaker keeps the name across updates: a blue/green update demands that old and new variants are called the same. */
export const VARIANT = 'live';

function image(region: string, name: string): string {
  if (!regions.includes(region)) throw new RangeError(`the images' account in ${region} is not known`);
  return `${AWS_IMAGES}.dkr.ecr.${region}.amazonaws.com/${name}`;
}

/** At most 63 letters, digits and hyphens. @throws RangeError for any other name. */
export function resourceName(...parts: readonly string[]): string {
  const name = parts.join('-');
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name))
    throw new RangeError(`"${name}" is no name for SageMaker`);
  return name;
}

/** Whose model it is, and which. `prefix`: stage or stack, and tenant. */
export interface Named {
  readonly prefix: string;
  readonly model: string;
  readonly version: string;
}

const tagsOf = ({ model, version }: Named) => [
  { Key: 'model', Value: model },
  { Key: 'version', Value: version },
];

export interface TrainingOptions extends Named {
  readonly region: string;
  readonly role: string;
  readonly machine: MachineType;
  readonly run: TrainingRun;
  /** Folders in S3 (`s3://bucket/key`): the training files, the one that holds `train.py`, and where results go. */
  readonly data: string;
  readonly code: string;
  readonly output: string;
  readonly checkpoints: string;
  /** Longest time of training itself, seconds. */
  readonly seconds: number;
  /** Longest time with waiting for spare machines, seconds. */
  readonly waitSeconds: number;
}

/**
 * CreateTrainingJob on a spare ("spot") machine; an interrupted job goes on from its last checkpoint.
 * @throws RangeError when it may wait for less than it may run, or the configuration is too long for a hyper-parameter.
 */
export function createTrainingJob(options: TrainingOptions) {
  const { region, role, machine, run, seconds, waitSeconds } = options;
  if (waitSeconds < seconds) throw new RangeError('a spot job may not wait for less than it may run');
  const parameters = Object.fromEntries(
    Object.entries(run).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  if (Object.values(parameters).some((value) => value.length > 2500))
    throw new RangeError('a hyper-parameter holds at most 2,500 characters');
  return {
    TrainingJobName: resourceName(options.prefix, options.model, options.version),
    RoleArn: role,
    AlgorithmSpecification: {
      TrainingImage: image(region, PYTORCH),
      TrainingInputMode: 'File',
      // The script itself instead of the image's own launcher, which would pass the configuration as Python text.
      ContainerEntrypoint: [
        'python3',
        '-u',
        '/opt/ml/input/data/code/train.py',
        '/opt/ml/input/data/training',
      ],
      MetricDefinitions: [
        { Name: 'loss', Regex: 'loss=([0-9.]+)' },
        { Name: 'sequences per second', Regex: 'per_second=([0-9.]+)' },
      ],
    },
    HyperParameters: parameters,
    InputDataConfig: [channel('training', options.data), channel('code', options.code)],
    OutputDataConfig: { S3OutputPath: options.output },
    ResourceConfig: { InstanceType: machine, InstanceCount: 1, VolumeSizeInGB: 50 },
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: seconds, MaxWaitTimeInSeconds: waitSeconds },
    CheckpointConfig: { S3Uri: options.checkpoints, LocalPath: '/opt/ml/checkpoints' },
    RetryStrategy: { MaximumRetryAttempts: 2 },
    EnableNetworkIsolation: false,
    Tags: tagsOf(options),
  };
}

const channel = (name: string, uri: string) => ({
  ChannelName: name,
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
  },
  InputMode: 'File',
});

export interface ModelOptions extends Named {
  readonly region: string;
  readonly role: string;
  readonly size: ServingSize;
  /** Where the archive of `packTriton` lies: `s3://bucket/key`. */
  readonly archive: string;
}

/** CreateModel: the archive in Triton's container, the image for GPU or CPU as the size demands. */
export function createModel(options: ModelOptions) {
  const { region, role, size, archive } = options;
  return {
    ModelName: resourceName(options.prefix, options.model, options.version),
    ExecutionRoleArn: role,
    PrimaryContainer: {
      Image: image(region, onGpu(size) ? TRITON : `${TRITON}-cpu`),
      ModelDataUrl: archive,
      Environment: {
        SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: options.model,
        SAGEMAKER_TRITON_LOG_VERBOSE: 'false',
      },
    },
    Tags: tagsOf(options),
  };
}

export interface EndpointConfigOptions extends Named {
  readonly size: ServingSize;
  /** Where a share of questions and answers is kept for the drift watch; they tell of customers, so let them expire. */
  readonly capture?: { readonly folder: string; readonly percent: number };
}

/** CreateEndpointConfig with one variant, {@link VARIANT}. @throws RangeError when a serverless size is to capture data. */
export function createEndpointConfig(options: EndpointConfigOptions) {
  const { size, capture } = options;
  if (size.kind === 'serverless' && capture) throw new RangeError('serverless endpoints cannot capture data');
  const name = resourceName(options.prefix, options.model, options.version);
  return {
    EndpointConfigName: name,
    ProductionVariants: [{ VariantName: VARIANT, ModelName: name, ...sizeFields(size) }],
    ...(capture && {
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: capture.percent,
        DestinationS3Uri: capture.folder,
        CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
        CaptureContentTypeHeader: { JsonContentTypes: ['application/json'] },
      },
    }),
    Tags: tagsOf(options),
  };
}

function sizeFields(size: ServingSize) {
  if (size.kind === 'serverless')
    return { ServerlessConfig: { MemorySizeInMB: size.memoryMb, MaxConcurrency: size.concurrency } };
  return {
    InstanceType: size.type,
    InitialInstanceCount: size.least,
    InitialVariantWeight: 1,
    ContainerStartupHealthCheckTimeoutInSeconds: 600,
    ...(onGpu(size) && { InferenceAmiVersion: DRIVERS }),
  };
}
