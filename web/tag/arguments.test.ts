import { expect, test } from 'vitest';
import { read } from './arguments.ts';

const fields = { a: 1 };
const options = { b: 2 };

test.each([
  [['Home'], { last: 'Home', fields: {}, options: {} }],
  [['Home', fields], { last: 'Home', fields, options: {} }],
  [['Home', fields, options], { last: 'Home', fields, options }],
  [['Docs', 'Home', fields, options], { first: 'Docs', last: 'Home', fields, options }],
  [['Docs', 'Home'], { first: 'Docs', last: 'Home', fields: {}, options: {} }],
  [[null, 'Home', fields], { last: 'Home', fields, options: {} }],
  [['Home', undefined, fields], { last: 'Home', fields, options: {} }],
  [[fields], { fields, options: {} }],
  [[fields, options], { fields, options }],
  [[], { fields: {}, options: {} }],
])('two texts may be left out: %j', (args, expected) => {
  expect(read(args, 2)).toEqual(expected);
});

test.each([
  [['id', fields, options], { last: 'id', fields, options }],
  [['id', null, options], { last: 'id', fields: {}, options }],
  [['id', undefined, options], { last: 'id', fields: {}, options }],
  [[fields, options], { fields, options }],
  [[42], { last: '42', fields: {}, options: {} }],
  [[''], { fields: {}, options: {} }],
  [[true], { fields: {}, options: {} }],
  [[null, fields], { fields, options: {} }],
])('one text may be left out: %j', (args, expected) => {
  expect(read(args, 1)).toEqual(expected);
});
