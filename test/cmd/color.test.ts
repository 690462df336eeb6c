import { expect, test } from 'vitest'
import { allowsColor } from '../../cmd/color.ts'

test.each([
  ['auto', true, {}, true],
  ['auto', false, {}, false],
  ['auto', true, { NO_COLOR: '' }, false],
  ['auto', true, { NO_COLOR: '1' }, false],
  ['auto', true, { TERM: 'dumb' }, false],
  ['always', false, { NO_COLOR: '1' }, true],
  ['never', true, {}, false],
] as const)('--color=%s, terminal %s, %j: %s', (when, isTTY, environment, expected) => {
  expect(allowsColor(when, { isTTY, write: () => {} }, environment)).toBe(expected)
})
