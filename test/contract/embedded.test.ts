import { describe } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedStream } from '../../adapters/embedded/stream.ts';
import { EmbeddedStreamReader } from '../../adapters/embedded/stream-reader.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { EmbeddedTail } from '../../adapters/embedded/tail.ts';
import type { Clock } from '../../domain/ports.ts';
import { testFolder } from '../fixtures/folder.ts';
import { objectsContract } from './objects.ts';
import { streamContract } from './stream.ts';
import { suppressionContract } from './suppression.ts';
import { tableContract } from './table.ts';
import { tailContract } from './tail.ts';

describe('embedded stream', () => {
  streamContract(async () => {
    const folder = testFolder();
    const path = `${folder.path}/streams/events.db`;
    const stream = new EmbeddedStream({ path, clock: Date });
    const reader = new EmbeddedStreamReader(path);
    return {
      stream,
      records: async () => reader.shards().flatMap((shard) => reader.read(shard, '', 100_000, 1e9)),
      close: async () => {
        stream.close();
        reader.close();
        folder[Symbol.dispose]();
      },
    };
  });
});

describe('embedded tail', () => {
  tailContract(async () => {
    const folder = testFolder();
    const path = `${folder.path}/streams/clickstream.db`;
    const stream = new EmbeddedStream({ path, clock: Date, shards: 2 });
    const reader = new EmbeddedStreamReader(path);
    return {
      stream,
      tail: new EmbeddedTail(reader),
      close: async () => {
        stream.close();
        reader.close();
        folder[Symbol.dispose]();
      },
    };
  });
});

async function openTable(clock: Clock): Promise<{ table: EmbeddedTable; close: () => Promise<void> }> {
  const folder = testFolder();
  const table = new EmbeddedTable({ path: `${folder.path}/tables/profiles.db`, clock });
  return {
    table,
    close: async () => {
      table.close();
      folder[Symbol.dispose]();
    },
  };
}

describe('embedded table', () => {
  tableContract(openTable);
});
describe('suppression list on an embedded table', () => {
  suppressionContract(openTable);
});

describe('embedded objects', () => {
  objectsContract(async () => {
    const folder = testFolder();
    return {
      objects: new EmbeddedObjects(`${folder.path}/lake`),
      close: async () => folder[Symbol.dispose](),
    };
  });
});
