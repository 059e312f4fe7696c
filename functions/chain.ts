/**
 * The map: every function, what triggers it, how it is retried, and what it may read and write.
 * `infra/` turns it into a CDK stack and `local/` into one process; a test fails if either misses an entry.
 */

/** Ordered logs. `lanes`: partition keys in use; several times the shards, so that resharding still balances. */
export const streams = {
  /** Requests as they came, packed by lane. */
  clickstream: { lanes: 16 },
  /** Clean events, packed by lane. */
  events: { lanes: 16 },
  /** Profiles that reached a new version. */
  changes: { lanes: 16 },
  /** Profiles that entered or left a segment. */
  memberships: { lanes: 16 },
} as const;

export interface TableEntry {
  readonly keep: boolean;
  readonly recover?: boolean;
}

/**
 * Key-value tables. `keep`: survives a deleted stack. `recover`: can be brought back to any moment of the last 35 days,
 * which is what must not be possible with keys that were deleted for good. @default as `keep`
 */
export const tables = {
  profiles: { keep: true },
  ledger: { keep: true },
  sources: { keep: true },
  /** Who did what through the API, and what repeats of a write are answered. */
  access: { keep: true },
  statistics: { keep: false },
  /** What is known about products: name, category, price, stock. */
  products: { keep: true },
  /** Definitions of segments, who is in them, and when to look again. */
  segments: { keep: true },
  /** Where else changes of segments are told, what waits for it, and what was delivered. */
  destinations: { keep: true },
  /** People whose events must not be processed, as pseudonyms. */
  suppression: { keep: true },
  /** The only place of data keys, and of ids as they came: deleting an item makes all that was sealed unreadable. */
  vault: { keep: true, recover: false },
  /** What people asked about their data, and how far that is. */
  privacy: { keep: true },
} as const satisfies Record<string, TableEntry>;

/** Folders of the lake. `expireDays`: objects are deleted after that many days; undefined keeps them. */
export const folders = {
  /** Parquet files of clean events: `events/tenant=T/day=YYYY-MM-DD/hour=HH/`. */
  events: { expireDays: undefined },
  /** Refused events with reason and original bytes. */
  quarantine: { expireDays: 90 },
  /** Trained models by tenant, name and version, and which of them serves. */
  models: { expireDays: undefined },
  /** What the steps of a workflow leave to each other: histories of customers, so not for long. */
  runs: { expireDays: 1 },
  /** A share of what the network was asked and answered, written by its endpoint. */
  captured: { expireDays: 7 },
  /** What a destination did not take, with the reason. */
  undelivered: { expireDays: 30 },
  /** Records that a consumer gave up on, written by the platform. */
  failures: { expireDays: 30 },
} as const;

/** Models that answer questions: SageMaker endpoints, or sessions inside the process. */
export const endpoints = {
  /** Next items, purchase, churn and value. */
  behaviour: {},
} as const;

/** State machines: Step Functions, or the interpreter of one machine. `dailyAt`: hour of the day, UTC. */
export const workflows = {
  /** Learns from history and lets serve what is better. */
  retrain: { dailyAt: 2 },
} as const;

/** Packages with machine code, which ship beside the bundles, built for Linux on x86-64. */
export const nativePackages = ['duckdb', 'onnxruntime'] as const;

export type StreamName = keyof typeof streams;
export type TableName = keyof typeof tables;
export type FolderName = keyof typeof folders;
export type EndpointName = keyof typeof endpoints;
export type WorkflowName = keyof typeof workflows;
export type NativePackage = (typeof nativePackages)[number];
export type Resource =
  | `stream:${StreamName}`
  | `table:${TableName}`
  | `folder:${FolderName}`
  | `endpoint:${EndpointName}`;

export interface HttpTrigger {
  readonly kind: 'http';
  /** `METHOD /path`, with `{name}` and `{proxy+}` as API Gateway writes them. */
  readonly routes: readonly string[];
  /** Routes for people who have logged in: the platform checks their tokens before the function is called. */
  readonly people?: readonly string[];
}

export interface StreamTrigger {
  readonly kind: 'stream';
  readonly stream: StreamName;
  /** Records per invocation, and how long to wait for a fuller batch, in seconds. */
  readonly batch: {
    readonly records: number;
    readonly window: { readonly aws: number; readonly embedded: number };
  };
  /** Attempts after the first, and the age at which a record goes to `failures`, in seconds. */
  readonly retry: { readonly attempts: number; readonly maxAgeSeconds: number; readonly bisect: boolean };
}

export interface ScheduleTrigger {
  readonly kind: 'schedule';
  readonly everyMinutes: number;
}

/** Does the tasks of a state machine; which one, each call says. */
export interface WorkflowTrigger {
  readonly kind: 'workflow';
  readonly workflow: WorkflowName;
}

export interface ChainFunction {
  /** One plain sentence, shown in docs, template and pictures. */
  readonly does: string;
  readonly trigger: HttpTrigger | StreamTrigger | ScheduleTrigger | WorkflowTrigger;
  readonly reads: readonly Resource[];
  readonly writes: readonly Resource[];
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Must know for how long streams and overwritten objects are held. */
  readonly outlasts?: true;
  /** Packages with machine code that it needs. */
  readonly native?: readonly NativePackage[];
}

const retry = { attempts: 20, maxAgeSeconds: 86_400, bisect: true } as const;

export const chain = {
  collect: {
    does: 'Takes events in over HTTP and answers once they are durable.',
    trigger: {
      kind: 'http',
      routes: [
        'ANY /v1/{proxy+}',
        'POST /beacon/v1/batch',
        'GET /sourceConfig',
        'GET /sourceConfig/',
        'GET /tag.js',
        'GET /health',
      ],
    },
    reads: ['table:sources', 'table:suppression'],
    writes: ['stream:clickstream'],
    memoryMb: 1024,
    timeoutSeconds: 15,
  },
  clean: {
    does: 'Checks and mends each event, or puts it into quarantine with a reason.',
    trigger: {
      kind: 'stream',
      stream: 'clickstream',
      batch: { records: 1000, window: { aws: 1, embedded: 0.01 } },
      retry,
    },
    reads: ['table:ledger', 'table:statistics', 'table:suppression', 'table:vault'],
    writes: ['stream:events', 'table:ledger', 'table:statistics', 'table:vault', 'folder:quarantine'],
    memoryMb: 1024,
    timeoutSeconds: 60,
  },
  archive: {
    does: 'Writes clean events to the lake as Parquet, by day and hour.',
    trigger: {
      kind: 'stream',
      stream: 'events',
      batch: { records: 5000, window: { aws: 60, embedded: 2 } },
      retry,
    },
    reads: ['table:suppression'],
    writes: ['folder:events'],
    memoryMb: 2048,
    timeoutSeconds: 120,
    native: ['duckdb'],
  },
  features: {
    does: 'Folds clean events into profiles, each exactly once.',
    trigger: {
      kind: 'stream',
      stream: 'events',
      batch: { records: 1000, window: { aws: 1, embedded: 0.01 } },
      retry,
    },
    reads: ['table:profiles', 'table:ledger', 'table:suppression'],
    writes: ['table:profiles', 'table:ledger', 'table:suppression', 'stream:changes', 'folder:quarantine'],
    memoryMb: 1024,
    timeoutSeconds: 60,
  },
  score: {
    does: 'Scores changed profiles: next items, purchase, churn and value.',
    trigger: {
      kind: 'stream',
      stream: 'changes',
      batch: { records: 500, window: { aws: 5, embedded: 1 } },
      retry,
    },
    reads: ['table:profiles', 'folder:models', 'endpoint:behaviour'],
    writes: ['table:profiles'],
    memoryMb: 1024,
    timeoutSeconds: 120,
  },
  products: {
    does: 'Learns from events what products are called, cost and belong to.',
    trigger: {
      kind: 'stream',
      stream: 'events',
      batch: { records: 1000, window: { aws: 10, embedded: 1 } },
      retry,
    },
    reads: ['table:products'],
    writes: ['table:products'],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  segment: {
    does: 'Says which segments changed profiles enter and leave.',
    trigger: {
      kind: 'stream',
      stream: 'changes',
      // Longer than scoring waits: most profiles then have their new scores.
      batch: { records: 500, window: { aws: 15, embedded: 2 } },
      retry,
    },
    reads: ['table:profiles', 'table:segments'],
    writes: ['table:segments', 'stream:memberships'],
    memoryMb: 1024,
    timeoutSeconds: 120,
  },
  sweep: {
    does: 'Looks again at profiles whose time has come, and at all after a segment was changed.',
    trigger: { kind: 'schedule', everyMinutes: 1 },
    reads: ['table:profiles', 'table:segments'],
    writes: ['table:segments', 'stream:memberships'],
    memoryMb: 1024,
    timeoutSeconds: 600,
  },
  deliver: {
    does: 'Tells the destinations of a tenant who entered and left a segment.',
    trigger: {
      kind: 'stream',
      stream: 'memberships',
      batch: { records: 200, window: { aws: 1, embedded: 0.2 } },
      retry,
    },
    reads: ['table:destinations', 'table:profiles', 'table:suppression', 'table:vault'],
    writes: ['table:destinations', 'folder:undelivered'],
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  redeliver: {
    does: 'Tells destinations what they did not take at once.',
    trigger: { kind: 'schedule', everyMinutes: 1 },
    reads: ['table:destinations', 'table:profiles', 'table:suppression', 'table:vault'],
    writes: ['table:destinations', 'folder:undelivered'],
    memoryMb: 512,
    timeoutSeconds: 120,
  },
  reconcile: {
    does: 'Compares what was accepted with what became of it, for every source and closed minute.',
    trigger: { kind: 'schedule', everyMinutes: 15 },
    reads: ['table:ledger'],
    writes: ['table:ledger'],
    memoryMb: 512,
    timeoutSeconds: 300,
  },
  compact: {
    does: 'Joins the small files of an hour into one and drops repeated messages.',
    trigger: { kind: 'schedule', everyMinutes: 60 },
    reads: ['folder:events', 'table:suppression'],
    writes: ['folder:events'],
    memoryMb: 3008,
    timeoutSeconds: 600,
    native: ['duckdb'],
  },
  forget: {
    does: 'Erases people who asked for it, everywhere, step by step.',
    trigger: { kind: 'schedule', everyMinutes: 1 },
    reads: [
      'table:privacy',
      'table:suppression',
      'table:profiles',
      'table:segments',
      'table:access',
      'table:statistics',
      'table:vault',
      'table:destinations',
      'folder:events',
      'folder:quarantine',
      'folder:failures',
      'folder:undelivered',
      'folder:models',
      'folder:runs',
    ],
    writes: [
      'table:privacy',
      'table:suppression',
      'table:profiles',
      'table:segments',
      'table:access',
      'table:statistics',
      'table:vault',
      'table:destinations',
      'stream:memberships',
      'folder:events',
      'folder:quarantine',
      'folder:failures',
      'folder:undelivered',
      'folder:runs',
    ],
    outlasts: true,
    memoryMb: 3008,
    timeoutSeconds: 600,
    native: ['duckdb'],
  },
  retrain: {
    does: 'Does the steps of retraining: snapshot, train, evaluate, gate, promote or refuse, watch.',
    trigger: { kind: 'workflow', workflow: 'retrain' },
    reads: ['table:profiles', 'folder:events', 'folder:models', 'folder:runs'],
    writes: ['folder:models', 'folder:runs'],
    memoryMb: 8192,
    timeoutSeconds: 900,
    native: ['duckdb', 'onnxruntime'],
  },
  api: {
    does: 'Answers questions about profiles, ledger, quarantine and pipeline, and replays refused events.',
    trigger: { kind: 'http', routes: ['ANY /api/{proxy+}'], people: ['ANY /console/api/{proxy+}'] },
    reads: [
      'stream:clickstream',
      'table:profiles',
      'table:ledger',
      'table:products',
      'table:segments',
      'table:vault',
      'table:destinations',
      'table:privacy',
      'table:suppression',
      'folder:events',
      'folder:quarantine',
      'folder:models',
      'endpoint:behaviour',
    ],
    writes: [
      'stream:clickstream',
      'table:sources',
      'table:access',
      'table:products',
      'table:segments',
      'table:destinations',
      'table:privacy',
      'table:suppression',
      'folder:models',
    ],
    memoryMb: 2048,
    timeoutSeconds: 28,
    native: ['duckdb'],
  },
} as const satisfies Record<string, ChainFunction>;

export type FunctionName = keyof typeof chain;
export const functionNames = Object.keys(chain) as readonly FunctionName[];

/** The entry of a function, with its fields widened. */
export const entryOf = (name: FunctionName): ChainFunction => chain[name];
