import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBitRate, parseRatio } from '../../../cmd/netperf/option-syntax.ts'

test('bit rates as people write them: decimal prefixes, with or without the unit', () => {
  const rates: Record<string, number> = {
    '1': 1,
    '500M': 500e6,
    '2.5G': 2.5e9,
    '100k': 100e3,
    '100K': 100e3,
    '.5G': 500e6,
    '25Gbit/s': 25e9,
    '10Mbps': 10e6,
    '1.1T': 1.1e12,
  }
  for (const [text, bitsPerSecond] of Object.entries(rates))
    expect([text, parseBitRate(text)]).toEqual([text, bitsPerSecond])
})

test('what is no rate is said so, never taken for one', () => {
  for (const text of ['', '0', '-1', '1g', '1Gi', '1 G', 'fast', '1e9', '1GB/s', '0.1', '99999999999T']) {
    expect([text, typeof parseBitRate(text)]).toEqual([text, 'string'])
  }
})

test('a rate in any prefix is the number times the prefix', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('k', 'M', 'G'), (count, prefix) => {
      expect(parseBitRate(`${count}${prefix}`)).toBe(count * { k: 1e3, M: 1e6, G: 1e9 }[prefix])
    }),
  )
})

test('ratios', () => {
  expect(parseRatio('1:1')).toEqual({ clients: 1, servers: 1 })
  expect(parseRatio('50:50')).toEqual({ clients: 50, servers: 50 })
  expect(parseRatio('1:4')).toEqual({ clients: 1, servers: 4 })
  for (const text of ['', '1', '0:1', '1:0', '1:1:1', 'a:b', '-1:1', '1.5:1', '5001:1', '1: 1']) {
    expect([text, parseRatio(text)]).toEqual([
      text,
      'must be CLIENTS:SERVERS, such as 1:1, 50:50 or 4:1, each at most 5000',
    ])
  }
})
