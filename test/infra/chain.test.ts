import { describe, expect, it } from 'vitest';
import {
  entryOf,
  type FunctionName,
  folders,
  functionNames,
  streams,
  type TableEntry,
  tables,
  workflows,
} from '../../functions/chain.ts';
import { modelNames, retrainWorkflow } from '../../functions/retrain/workflow.ts';
import { variables, variablesOf } from '../../functions/settings.ts';
import { namesOf } from '../../functions/uses.ts';
import { stages } from '../../infra/settings.ts';
import { watchers } from '../../models/sagemaker/rollout.ts';
import { Synthesised } from './template.ts';

const prod = new Synthesised('prod', { memoryMb: { features: 1769 } });
const dev = new Synthesised('dev');

const title = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const functionOf = (name: FunctionName) =>
  prod.one(prod.chain, 'AWS::Lambda::Function', `${name}Function`).Properties;
const byTrigger = (kind: 'http' | 'stream' | 'schedule'): FunctionName[] =>
  functionNames.filter((name) => entryOf(name).trigger.kind === kind);

describe.each(functionNames)('the function %s', (name) => {
  const entry = entryOf(name);

  it('runs as the map says', () => {
    expect(functionOf(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Description: entry.does,
      Timeout: entry.timeoutSeconds,
      MemorySize: name === 'features' ? 1769 : entry.memoryMb,
      Architectures: [entry.native ? 'x86_64' : 'arm64'],
      TracingConfig: { Mode: 'Active' },
    });
  });

  it('has packages with machine code, and room to work with them, only where the map says native', () => {
    const { Layers, EphemeralStorage } = functionOf(name);
    const layers = { duckdb: 'DuckDb', onnxruntime: 'OnnxRuntime' };
    const wanted = entry.native?.map((layer) => layers[layer]);
    expect(prod.text(Layers)).toBe(wanted ? JSON.stringify(wanted) : 'undefined');
    expect(EphemeralStorage).toEqual(entry.native ? { Size: 2048 } : undefined);
  });

  it('gets the variables its settings ask for and no others', () => {
    const { Environment } = functionOf(name);
    const set = (Environment as { Variables: Record<string, unknown> }).Variables;
    expect(Object.keys(set).sort()).toEqual(variablesOf(name).sort());
    expect(prod.text(set[variables.secret])).toBe('Secret');
    for (const resource of [...entry.reads, ...entry.writes]) {
      const [kind = '', item = ''] = resource.split(':');
      const variable = kind === 'folder' ? variables.lake : `WELLSPRING_${kind}_${item}`.toUpperCase();
      const resourceName = kind === 'endpoint' ? 'wellspring-prod' : title(item);
      expect(prod.text(set[variable])).toBe(kind === 'folder' ? 'Lake' : resourceName);
    }
  });

  it('logs for a limited time', () => {
    const log = prod.one(prod.chain, 'AWS::Logs::LogGroup', `${name}Log`);
    expect(log.Properties['RetentionInDays']).toBe(30);
  });
});

it('no function is deployed that the map does not name', () => {
  expect(prod.all(prod.chain, 'AWS::Lambda::Function')).toHaveLength(functionNames.length);
  expect(prod.all(prod.data, 'AWS::Lambda::Function')).toHaveLength(0);
});

describe.each(byTrigger('stream'))('the consumer %s', (name) => {
  const { trigger } = entryOf(name);
  if (trigger.kind !== 'stream') throw new Error('not a consumer');
  const mapping = prod.one(prod.chain, 'AWS::Lambda::EventSourceMapping', `${name}Mapping`).Properties;

  it('reads its stream from the oldest record, in batches as the map says', () => {
    expect(prod.text(mapping['EventSourceArn'])).toBe(`${title(trigger.stream)}.Arn`);
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: trigger.batch.records,
      MaximumBatchingWindowInSeconds: trigger.batch.window.aws,
      ParallelizationFactor: 1,
    });
  });

  it('reports partial failures, bisects, bounds retries and age, and keeps what it gives up on', () => {
    expect(mapping).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: trigger.retry.attempts,
      MaximumRecordAgeInSeconds: trigger.retry.maxAgeSeconds,
    });
    const destination = mapping['DestinationConfig'] as { OnFailure: { Destination: unknown } };
    expect(prod.text(destination.OnFailure.Destination)).toBe('Failures.Arn');
  });

  it('waits for the rights it needs', () => {
    const { DependsOn } = prod.one(prod.chain, 'AWS::Lambda::EventSourceMapping', `${name}Mapping`);
    expect(DependsOn.some((id) => id.startsWith(`${name}RoleDefaultPolicy`))).toBe(true);
  });
});

it.each(['dev', 'prod'] as const)('records of %s outlive the last attempt to deliver them', (stage) => {
  for (const name of byTrigger('stream')) {
    const { trigger } = entryOf(name);
    if (trigger.kind !== 'stream') continue;
    expect(stages[stage].streamHours * 3600).toBeGreaterThan(trigger.retry.maxAgeSeconds);
  }
});

describe.each(byTrigger('schedule'))('the scheduled function %s', (name) => {
  it('is called on time, with bounded retries and a place for what failed', () => {
    const { trigger } = entryOf(name);
    const every = trigger.kind === 'schedule' ? trigger.everyMinutes : 0;
    const schedule = prod.one(prod.chain, 'AWS::Scheduler::Schedule', `${name}Schedule`).Properties;
    expect(schedule).toMatchObject({
      ScheduleExpression: `rate(${every} minutes)`,
      Target: { RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 1800 } },
    });
    const target = schedule['Target'] as { DeadLetterConfig: { Arn: unknown } };
    expect(prod.text(target.DeadLetterConfig.Arn)).toBe('Undelivered.Arn');
    const [config] = prod.all(prod.chain, 'AWS::Lambda::EventInvokeConfig');
    expect(config?.[1].Properties).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 1800 });
  });
});

describe.each(namesOf(workflows))('the workflow %s', (name) => {
  const machines = prod.all(prod.chain, 'AWS::StepFunctions::StateMachine');
  const machine = machines[0]?.[1].Properties ?? {};

  it('is the definition that one machine interprets, with the function as its tasks', () => {
    expect(machines).toHaveLength(1);
    const definition = prod.text(machine['DefinitionString']);
    const place = { region: 'eu-west-1', prefix: 'wellspring-prod', bucket: 'Lake' };
    const { training, serving } = stages.prod;
    expect(JSON.parse(definition)).toEqual(
      retrainWorkflow(`${name}Function.Arn`, {
        training: { ...place, role: 'RetrainingModelsTrainingRole.Arn', ...training },
        serving: { ...place, role: 'RetrainingModelsServingRole.Arn', ...serving },
      }),
    );
  });

  it('does everything in its function where the stage has no machines', () => {
    const [, { Properties }] = dev.all(dev.chain, 'AWS::StepFunctions::StateMachine')[0]!;
    expect(JSON.parse(dev.text(Properties['DefinitionString']))).toEqual(
      retrainWorkflow(`${name}Function.Arn`),
    );
    expect(dev.grants('RetrainingModelsTrainingRole')).toEqual([]);
    expect(dev.grants('RetrainingRole').filter(({ action }) => action.startsWith('sagemaker:'))).toEqual([]);
  });

  it.each([
    ['training', ['s3:GetObject Lake.Arn/runs/*', 's3:PutObject Lake.Arn/runs/*']],
    ['serving', ['s3:GetObject Lake.Arn/models/*', 's3:PutObject Lake.Arn/captured/*']],
  ])('lends a machine for %s its folders of the lake and nothing else of it', (kind, objects) => {
    const rights = prod
      .grants(`RetrainingModels${kind[0]?.toUpperCase()}${kind.slice(1)}Role`)
      .map(({ action, resource }) => `${action} ${resource}`);
    expect(rights.filter((right) => /^(s3|kms):/.test(right))).toEqual([
      ...objects,
      's3:ListBucket Lake.Arn',
      'kms:Decrypt Key.Arn',
      'kms:GenerateDataKey Key.Arn',
    ]);
  });

  it('asks SageMaker for things of its own stage only, and lends its machines these roles only', () => {
    const asked = prod.grants('RetrainingRole').filter(({ action }) => /^(sagemaker|iam):/.test(action));
    const own = /^arn:aws:sagemaker:eu-west-1:AWS::AccountId:[a-z-]+\/wellspring-prod-\*$/;
    const foreign = asked.filter(
      ({ action, resource }) => action.startsWith('sagemaker:') && !own.test(resource),
    );
    expect(foreign).toEqual([]);
    expect(asked.filter(({ action }) => action === 'iam:PassRole').map(({ resource }) => resource)).toEqual([
      'RetrainingModelsTrainingRole.Arn',
      'RetrainingModelsServingRole.Arn',
    ]);
  });

  it('has the alarms that a rollout is watched by, for every tenant', () => {
    const names = prod
      .all(prod.chain, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties['AlarmName'])
      .filter((alarm) => alarm !== undefined);
    expect(names).toEqual(
      stages.prod.retrain.flatMap((tenant) =>
        watchers({ prefix: `wellspring-prod-${tenant}`, model: 'behaviour' }),
      ),
    );
  });

  it('says of a run what happened and not with which data', () => {
    expect(machine['LoggingConfiguration']).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(machine['TracingConfiguration']).toEqual({ Enabled: true });
  });

  it('starts at its hour, for every tenant of the stage, and keeps starts that were not delivered', () => {
    const schedules = prod
      .all(prod.chain, 'AWS::Scheduler::Schedule')
      .map(([, { Properties }]) => Properties)
      .filter(({ Target }) => prod.text(Object(Target).Arn) === 'RetrainingMachine');
    expect(schedules).toHaveLength(stages.prod.retrain.length);
    expect(schedules[0]).toMatchObject({ ScheduleExpression: `cron(0 ${workflows[name].dailyAt} * * ? *)` });
    const { Input, DeadLetterConfig } = Object(schedules[0]?.['Target']);
    expect(JSON.parse(Input)).toEqual({
      tenant: 'main',
      run: '<aws.scheduler.scheduled-time>',
      models: modelNames,
    });
    expect(prod.text(DeadLetterConfig.Arn)).toBe('Undelivered.Arn');
  });

  it('may call its function, and the clock may start it', () => {
    const called = prod.grants('RetrainingRole').filter(({ action }) => action.startsWith('lambda:'));
    expect(called).toEqual([{ action: 'lambda:InvokeFunction', resource: `${name}Function.Arn` }]);
    expect(prod.grants('RetrainingScheduleRole')).toEqual([
      { action: 'states:StartExecution', resource: 'RetrainingMachine' },
      { action: 'sqs:SendMessage', resource: 'Undelivered.Arn' },
    ]);
  });
});

describe('the HTTP API', () => {
  const routes = prod
    .all(prod.chain, 'AWS::ApiGatewayV2::Route')
    .map(([, { Properties }]) => String(Properties['RouteKey']));

  it('has every route of the map', () => {
    const wanted = byTrigger('http').flatMap((name) => {
      const { trigger } = entryOf(name);
      return trigger.kind === 'http' ? [...trigger.routes, ...(trigger.people ?? [])] : [];
    });
    // A path that ends in a slash is reached through the default route.
    const keys = wanted.map((route) => (route.endsWith('/') ? '$default' : route));
    expect(routes.sort()).toEqual([...new Set(keys)].sort());
  });

  it('lets people in by a checked token and keys by none, and no other way', () => {
    const kinds = new Map(
      prod
        .all(prod.chain, 'AWS::ApiGatewayV2::Route')
        .map(([, { Properties }]) => [String(Properties['RouteKey']), Properties['AuthorizationType']]),
    );
    for (const [route, kind] of kinds) {
      expect(kind).toBe(route.includes('/console/') ? 'JWT' : 'NONE');
    }
    const { JwtConfiguration } = prod.one(
      prod.chain,
      'AWS::ApiGatewayV2::Authorizer',
      'HttpApiPeople',
    ).Properties;
    expect(JSON.stringify(JwtConfiguration)).toMatch(/LoginPeopleConsole.*cognito-idp/);
  });

  it('lets nobody choose a tenant of their own', () => {
    const client = prod.one(prod.chain, 'AWS::Cognito::UserPoolClient', 'LoginPeopleConsole').Properties;
    expect(client).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      WriteAttributes: ['email'],
    });
    const pool = prod.one(prod.chain, 'AWS::Cognito::UserPool', 'LoginPeople').Properties;
    expect(pool).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
      DeletionProtection: 'ACTIVE',
    });
  });

  it('is throttled, and its log names no path, query, address or key', () => {
    const stage = prod.one(prod.chain, 'AWS::ApiGatewayV2::Stage', 'HttpStage').Properties;
    expect(stage['DefaultRouteSettings']).toMatchObject({
      ThrottlingRateLimit: 5000,
      ThrottlingBurstLimit: 2500,
    });
    const { Format } = stage['AccessLogSettings'] as { Format: string };
    expect(Format).toContain('$context.routeKey');
    expect(Format).not.toMatch(/path|query|sourceIp|identity|authorizer|userAgent/i);
  });
});

describe('what must survive', () => {
  it.each(Object.keys(tables))('the table %s', (name) => {
    const { keep, recover = keep }: TableEntry = tables[name as keyof typeof tables];
    const table = prod.one(prod.data, 'AWS::DynamoDB::GlobalTable', title(name));
    expect(table.DeletionPolicy).toBe(keep ? 'Retain' : 'Delete');
    expect(table.UpdateReplacePolicy).toBe(keep ? 'Retain' : 'Delete');
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      Replicas: [
        {
          DeletionProtectionEnabled: keep,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recover },
        },
      ],
    });
  });

  it.each(Object.keys(streams))('the stream %s, encrypted', (name) => {
    const stream = prod.one(prod.data, 'AWS::Kinesis::Stream', title(name));
    expect(stream.DeletionPolicy).toBe('Retain');
    expect(stream.Properties).toMatchObject({
      StreamEncryption: { EncryptionType: 'KMS' },
      RetentionPeriodHours: 72,
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    });
  });

  it.each(['Lake', 'Failures'])('the bucket %s, private and encrypted', (name) => {
    const bucket = prod.one(prod.data, 'AWS::S3::Bucket', name);
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
    });
    const policy = JSON.stringify(prod.one(prod.data, 'AWS::S3::BucketPolicy', `${name}Policy`).Properties);
    expect(policy).toContain('"aws:SecureTransport":"false"');
  });

  it('folders expire as the map says', () => {
    const { LifecycleConfiguration } = prod.one(prod.data, 'AWS::S3::Bucket', 'Lake').Properties;
    const { Rules } = LifecycleConfiguration as { Rules: { Prefix?: string; ExpirationInDays?: number }[] };
    const expiring = Rules.flatMap(({ Prefix, ExpirationInDays }) =>
      ExpirationInDays === undefined ? [] : [[Prefix, ExpirationInDays]],
    );
    expect(expiring).toEqual([
      ['quarantine/', folders.quarantine.expireDays],
      ['runs/', folders.runs.expireDays],
      ['captured/', folders.captured.expireDays],
      ['undelivered/', folders.undelivered.expireDays],
    ]);
    const { LifecycleConfiguration: failures } = prod.one(
      prod.data,
      'AWS::S3::Bucket',
      'Failures',
    ).Properties;
    expect(failures).toMatchObject({ Rules: [{ ExpirationInDays: folders.failures.expireDays }] });
  });

  it('the keys', () => {
    expect(prod.one(prod.data, 'AWS::KMS::Key', 'Key').DeletionPolicy).toBe('Retain');
    expect(prod.one(prod.data, 'AWS::SecretsManager::Secret', 'Secret').DeletionPolicy).toBe('Retain');
  });

  it('a stage that is thrown away leaves nothing behind that costs', () => {
    for (const [id, { Type, DeletionPolicy }] of Object.entries(dev.data.Resources)) {
      expect(DeletionPolicy, `${id} ${Type}`).not.toBe('Retain');
    }
  });
});

it('every resource that can carries the cost tags', () => {
  const { Tags } = functionOf('clean');
  expect(Tags).toEqual([
    { Key: 'function', Value: 'clean' },
    { Key: 'project', Value: 'wellspring' },
    { Key: 'stage', Value: 'prod' },
  ]);
});

it('golden: the collector', () => {
  const role = prod.grants('collectRole').map(({ action, resource }) => `${action} ${resource}`);
  const { Code: _, ...properties } = functionOf('collect');
  expect({ properties, role }).toMatchSnapshot();
});
