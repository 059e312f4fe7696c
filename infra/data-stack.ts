/** What must survive: streams, tables, lake, the records given up on, and the keys. */
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { folders, type StreamName, type TableEntry, type TableName, tables } from '../functions/chain.ts';
import { acknowledge } from './acknowledge.ts';
import type { StageSettings } from './settings.ts';

export interface DataStackProps extends StackProps {
  readonly settings: StageSettings;
}

const title = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export class DataStack extends Stack {
  /** Encrypts everything below. */
  readonly key: Key;
  readonly streams: Readonly<Record<StreamName, Stream>>;
  readonly tables: Readonly<Record<TableName, TableV2>>;
  readonly lake: Bucket;
  /** Records that a consumer gave up on; Lambda chooses the object names, so it is a bucket of its own. */
  readonly failures: Bucket;
  /** For how long streams and overwritten objects can still be read, hours. */
  readonly heldHours: number;
  /** Key for pseudonyms and fingerprints: 64 hex digits. Losing it orphans every profile. */
  readonly secret: Secret;
  readonly #settings: StageSettings;
  readonly #removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    this.#settings = props.settings;
    this.#removalPolicy = props.settings.throwAway ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
    const removalPolicy = this.#removalPolicy;
    this.key = new Key(this, 'Key', {
      description: 'Wellspring data at rest',
      enableKeyRotation: true,
      removalPolicy,
    });
    // Alarms go out through an encrypted topic.
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    this.secret = new Secret(this, 'Secret', {
      description: 'Wellspring: key for pseudonyms and fingerprints',
      encryptionKey: this.key,
      generateSecretString: {
        passwordLength: 64,
        excludeUppercase: true,
        excludePunctuation: true,
        excludeCharacters: 'ghijklmnopqrstuvwxyz',
        requireEachIncludedType: false,
      },
      removalPolicy,
    });
    acknowledge(this.secret, {
      'AwsSolutions-SMG4': 'Every pseudonym derives from this key; rotating it would orphan every profile.',
    });
    this.streams = {
      clickstream: this.#stream('clickstream'),
      events: this.#stream('events'),
      changes: this.#stream('changes'),
      memberships: this.#stream('memberships'),
    };
    this.tables = {
      profiles: this.#table('profiles'),
      ledger: this.#table('ledger'),
      sources: this.#table('sources'),
      access: this.#table('access'),
      statistics: this.#table('statistics'),
      products: this.#table('products'),
      segments: this.#table('segments'),
      destinations: this.#table('destinations'),
      suppression: this.#table('suppression'),
      vault: this.#table('vault'),
      privacy: this.#table('privacy'),
    };
    const logs = this.#bucket('AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(props.settings.logDays) }],
    });
    this.lake = this.#bucket('Lake', { ...this.#encrypted('lake', logs), ...this.#lakeHistory() });
    const { streamHours, lakeUndoDays = 0 } = props.settings;
    this.heldHours = Math.max(streamHours, 24 * lakeUndoDays);
    this.failures = this.#bucket('Failures', {
      ...this.#encrypted('failures', logs),
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(folders.failures.expireDays) }],
    });
  }

  #stream(name: StreamName): Stream {
    const { shards, streamHours } = this.#settings;
    const stream = new Stream(this, title(name), {
      ...(shards
        ? { streamMode: StreamMode.PROVISIONED, shardCount: shards[name] }
        : { streamMode: StreamMode.ON_DEMAND }),
      retentionPeriod: Duration.hours(streamHours),
      encryption: StreamEncryption.KMS,
      encryptionKey: this.key,
      removalPolicy: this.#removalPolicy,
    });
    acknowledge(stream, {
      'AwsSolutions-KDS3':
        'Our own key, because its policy says who may read events; the service key has none.',
    });
    return stream;
  }

  #table(name: TableName): TableV2 {
    const { keep, recover = keep }: TableEntry = tables[name];
    const kept = keep && !this.#settings.throwAway;
    return new TableV2(this, title(name), {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: 'index',
          partitionKey: { name: 'gpk', type: AttributeType.STRING },
          sortKey: { name: 'gsk', type: AttributeType.STRING },
        },
      ],
      timeToLiveAttribute: 'ttl',
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(this.key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: recover },
      deletionProtection: kept,
      removalPolicy: kept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  #bucket(id: string, props: BucketProps): Bucket {
    return new Bucket(this, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: this.#removalPolicy,
      ...props,
    });
  }

  #encrypted(prefix: string, logs: Bucket): BucketProps {
    return {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      // The library's own class misses its interface under `exactOptionalPropertyTypes`.
      serverAccessLogsBucket: logs as IBucket,
      serverAccessLogsPrefix: `${prefix}/`,
    };
  }

  #lakeHistory(): BucketProps {
    const undo = this.#settings.lakeUndoDays;
    const rules: LifecycleRule[] = [
      { id: 'abandoned uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ];
    for (const [folder, { expireDays }] of Object.entries(folders)) {
      if (folder === 'failures' || expireDays === undefined) continue;
      rules.push({ id: folder, prefix: `${folder}/`, expiration: Duration.days(expireDays) });
    }
    if (undo === undefined) return { lifecycleRules: rules };
    rules.push({
      id: 'undo',
      noncurrentVersionExpiration: Duration.days(undo),
      expiredObjectDeleteMarker: true,
    });
    return { versioned: true, lifecycleRules: rules };
  }
}
