/** The map's reads and writes of one function, by kind of resource. Both hosts and the grants start from here. */
import {
  type EndpointName,
  endpoints,
  entryOf,
  type FolderName,
  type FunctionName,
  folders,
  type Resource,
  type StreamName,
  streams,
  type TableName,
  tables,
} from './chain.ts';

export interface Use {
  readonly reads: boolean;
  readonly writes: boolean;
}

export interface Uses {
  readonly streams: ReadonlyMap<StreamName, Use>;
  readonly tables: ReadonlyMap<TableName, Use>;
  readonly folders: ReadonlyMap<FolderName, Use>;
  readonly endpoints: ReadonlyMap<EndpointName, Use>;
}

/** The names of an object that is known to have no others. */
export const namesOf = <Name extends string>(named: Readonly<Record<Name, unknown>>): Name[] => {
  const names: Name[] = [];
  for (const name in named) names.push(name);
  return names;
};

export function usesOf(name: FunctionName): Uses {
  const { reads, writes } = entryOf(name);
  const pick = <Name extends string>(
    named: Readonly<Record<Name, unknown>>,
    resource: (name: Name) => Resource,
  ): Map<Name, Use> =>
    new Map(
      namesOf(named)
        .map((key): [Name, Use] => [
          key,
          { reads: reads.includes(resource(key)), writes: writes.includes(resource(key)) },
        ])
        .filter(([, use]) => use.reads || use.writes),
    );
  return {
    streams: pick(streams, (key) => `stream:${key}`),
    tables: pick(tables, (key) => `table:${key}`),
    folders: pick(folders, (key) => `folder:${key}`),
    endpoints: pick(endpoints, (key) => `endpoint:${key}`),
  };
}
