/** Every error code, with whether a retry can help and what to do. `docs/errors.md` is generated from this list. */
export const errorCodes = {
  stream_unavailable: { retryable: true, fix: 'Retry after the stated time; check the disk or the stream.' },
  table_unavailable: { retryable: true, fix: 'Retry; writes are conditional, so a repeat is harmless.' },
  objects_unavailable: { retryable: true, fix: 'Retry; check the bucket or the disk.' },
  disk_full: {
    retryable: true,
    fix: 'Free space under the data folder; nothing that was answered with 200 is lost.',
  },
  conflict_persists: {
    retryable: true,
    fix: 'Another writer holds the profile; the record is delivered again.',
  },
  invalid_settings: {
    retryable: false,
    fix: 'Set the named variable or option to a value that the message allows.',
  },
  invalid_mapping: { retryable: false, fix: 'Mend the mapping file where the message points.' },
  invalid_import: { retryable: false, fix: 'Check that file and mapping belong together.' },
  data_in_use: {
    retryable: false,
    fix: 'Another process runs on this data folder; stop it or choose another with --data.',
  },
  port_in_use: {
    retryable: false,
    fix: 'Another program listens on this port; stop it or choose another with --port.',
  },
  function_died: {
    retryable: false,
    fix: 'Start again: what was answered with 200 is stored. If it ends again, look at the disk and the files under the data folder.',
  },
  refused: {
    retryable: false,
    fix: 'Change what the message names; the API describes itself at /api/openapi.json.',
  },
  not_running: {
    retryable: false,
    fix: 'Start the system first with npm start, or name its address with --url.',
  },
  model_unknown: {
    retryable: false,
    fix: 'List what there is with `wellspring models`; train a first version with `wellspring retrain`.',
  },
  model_corrupt: {
    retryable: false,
    fix: 'The stored model was changed or is incomplete; return to another with `wellspring models rollback NAME`.',
  },
  model_unavailable: {
    retryable: true,
    fix: 'Retry; scores fall back meanwhile. Check that the model server or the endpoint runs.',
  },
  model_refused: {
    retryable: false,
    fix: 'The request does not fit the model: compare names, types and shapes with its schema.',
  },
  too_little_history: {
    retryable: false,
    fix: 'Let more events come in, or import a history with `wellspring import`.',
  },
  too_much_history: {
    retryable: false,
    fix: 'Ask for fewer days, or wait until the hourly compaction has joined small files.',
  },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** The one error type that crosses rooms. */
export class WellspringError extends Error {
  override readonly name = 'WellspringError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }

  get fix(): string {
    return errorCodes[this.code].fix;
  }
}
