/** Which traits name a person: Segment's reserved ones that do, as it writes them and in snake case. */
const names = [
  'email',
  'phone',
  'name',
  'firstName',
  'lastName',
  'username',
  'address',
  'birthday',
  'avatar',
] as const;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const identifyingTraits: readonly string[] = [
  ...new Set(names.flatMap((name) => [name, snake(name)])),
];

const known: ReadonlySet<string> = new Set(identifyingTraits);
export const isIdentifying = (trait: string): boolean => known.has(trait);
