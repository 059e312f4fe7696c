/** One process per data folder. The operating system frees the lock when the process ends, however it ends. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WellspringError } from '../domain/errors.ts';

/**
 * Takes the folder for this process; call the result to give it back.
 * @throws WellspringError `data_in_use` when another process holds it.
 */
export function lockFolder(data: string): () => void {
  const db = new DatabaseSync(join(data, 'lock.db'));
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw new WellspringError('data_in_use', `The data folder ${data} is used by another process.`, {
      cause,
    });
  }
  return () => db.close();
}
