import { expect, test } from 'vitest'
import { sliceBytes, sliceEventBytes, sliceListBytes } from '../../../../lib/ces/simulator/slice-size.ts'

test('the size of an event is that of the line with so many entries', () => {
  const entries = ['{"id":1}', '{"id":22}', '{"id":333}']
  const entryBytes = entries.join('').length
  const holding = { namespace: 'shop', endpoints: entries.length, entryBytes }
  const empty = sliceBytes({ namespace: '', endpoints: 0, entryBytes: 0 })
  expect(sliceBytes(holding)).toBe(empty + 'shop'.length + entries.join(',').length)
  expect(sliceEventBytes('MODIFIED', holding)).toBe(sliceBytes(holding) + '{"type":"MODIFIED","object":}\n'.length)
  expect(sliceListBytes([holding, holding]) - sliceListBytes([])).toBe(2 * sliceBytes(holding) + 1)
})

test('a slice of 100 endpoints of 194 bytes is about as large as the real ones of the 1.15 operator: 20,105 bytes', () => {
  const bytes = sliceBytes({ namespace: 'default', endpoints: 100, entryBytes: 100 * 194 })
  expect(Math.abs(bytes - 20_105) / 20_105).toBeLessThan(0.01)
})
