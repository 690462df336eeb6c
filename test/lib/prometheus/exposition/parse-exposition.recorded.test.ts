import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import { recordedScrape, reference } from '../recorded.ts'

test("every series of a real API server is the one that Prometheus' own parser reads", () => {
  const { samples, histograms } = parseExposition(recordedScrape('after'))
  const families: [string, unknown][] = []
  for (const [metric, { type, series }] of samples) {
    if (type !== 'counter' && type !== 'gauge') continue
    families.push([
      metric,
      digest(
        type,
        [...series].map(([key, { value }]) => `${key} ${bits(value)}`),
      ),
    ])
  }
  for (const [metric, series] of histograms) {
    const lines = [...series].map(([key, { upperBounds, cumulativeCounts, sum = NaN, count = NaN }]) => {
      const buckets = upperBounds.map((bound, index) => `${bits(bound)}:${bits(cumulativeCounts[index] ?? NaN)}`)
      return [key, bits(sum), bits(count), ...buckets].join(' ')
    })
    families.push([metric, digest('histogram', lines)])
  }
  // Its summaries' sums and counts are counters of their own here.
  const expected = Object.entries(reference().families)
  expect(expected.length).toBe(290)
  expect(Object.fromEntries(families)).toMatchObject(Object.fromEntries(expected))
  expect(families.length - expected.length).toBe(
    2 * [...samples.values()].filter(({ type }) => type === 'summary').length,
  )
})

test('what is kept of a scrape does not keep the scrape', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const used = () => {
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const bytes = Buffer.from(recordedScrape('after') + '# a comment that makes it a scrape of 50 MB\n'.repeat(1_100_000))
  const before = used()
  // In a function of its own, or this one's frame would hold the text.
  const parse = () => parseExposition(bytes.toString('utf8'))
  const kept = parse()
  const keptBytes = used() - before
  expect(kept.histograms.size).toBeGreaterThan(0)
  expect(bytes.length).toBeGreaterThan(50e6)
  expect(keptBytes).toBeLessThan(10e6)
})

function digest(type: string, lines: string[]) {
  const sha256 = createHash('sha256').update(lines.sort().join('\n')).digest('hex')
  return { type, series: lines.length, sha256 }
}

/** The sixteen hexadecimal digits of a double. */
function bits(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}
