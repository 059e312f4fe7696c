/** Demo shoppers that a visitor can be: people who have been coming for months. */
export interface Person {
  readonly userId: string;
  readonly name: string;
}

export const people: readonly Person[] = [
  { userId: 'demo-person-1', name: 'Ada' },
  { userId: 'demo-person-4', name: 'Bruno' },
  { userId: 'demo-person-12', name: 'Chen' },
  { userId: 'demo-person-23', name: 'Dina' },
];
