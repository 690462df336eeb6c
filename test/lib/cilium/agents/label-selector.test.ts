import { expect, test } from 'vitest'
import { matchesSelector, selectorText } from '../../../../lib/cilium/agents/label-selector.ts'

test.each([
  [{}, {}, true],
  [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
  [{ matchLabels: { a: '1' } }, { a: '2' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, { a: '2' }, true],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, {}, false],
  [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, {}, true],
  [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, { a: '1' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, { a: '' }, true],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, {}, false],
  [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, {}, true],
  [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, { a: '' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] }, { a: '2' }, false],
  [{ matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'Exists' }] }, { a: '1' }, false],
])('%j on %j: %s', (selector, labels, expected) => {
  expect(matchesSelector(selector, labels as Record<string, string>)).toBe(expected)
})

test('as a list request has it', () => {
  const matchExpressions = [
    { key: 'b', operator: 'In', values: ['x', 'y'] },
    { key: 'c', operator: 'NotIn', values: ['z'] },
    { key: 'd', operator: 'Exists' },
    { key: 'e', operator: 'DoesNotExist' },
  ]
  expect(selectorText({ matchLabels: { a: '1' }, matchExpressions })).toBe('a=1,b in (x,y),c notin (z),d,!e')
})
