import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRunId, newRunId, runNamespace, runSelector } from '../../../lib/run/ownership.ts'
import { existingNamespace, namespaceFor, objectName, ownNamespaces } from '../../../lib/run/run-scope.ts'

test('run ids are good for labels and names', () => {
  const ids = Array.from({ length: 1000 }, newRunId)
  expect(ids.every(isRunId)).toBe(true)
  expect(new Set(ids).size).toBe(1000)
  for (const text of ['', 'abcde', 'abcdefg', 'ABCDEF', 'abc/ef', 'abcde\n', '../../', 'a,b=c ']) {
    expect(isRunId(text)).toBe(false)
  }
})

test('objects are dealt to the namespaces one by one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(1000), (count, index) => {
      const scope = ownNamespaces('abcdef', count)
      expect(namespaceFor(scope, index)).toBe(runNamespace('abcdef', index % count))
      expect(namespaceFor(existingNamespace('abcdef', 'team-a'), index)).toBe('team-a')
    }),
  )
  expect(() => namespaceFor(ownNamespaces('abcdef', 0), 0)).toThrow(RangeError)
})

test('in an existing namespace the names of two runs never meet', () => {
  expect(objectName(existingNamespace('abcdef', 'team-a'), 'pod-0')).toBe('perf-abcdef-pod-0')
  expect(objectName(ownNamespaces('abcdef', 1), 'pod-0')).toBe('pod-0')
  expect(runSelector('abcdef')).toBe('app.kubernetes.io/managed-by=kubectl-perf,kubectl-perf/run=abcdef')
})
