import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { CHART_RELEASES } from '../../../../lib/cilium/lint/known-keys/chart-keys.ts'
import { minorOf } from '../../../../lib/cilium/lint/known-keys/chart-release.ts'
import {
  type ChartKey,
  describeVersions,
  findKey,
  readKeyTable,
} from '../../../../lib/cilium/lint/known-keys/key-table.ts'
import { isValues, readCharts, type Values } from './charts.ts'
import { lintLines, lintText } from './lint-text.ts'
import { mutateValues, randomFrom } from './mutate-values.ts'

const charts = readCharts()
const table = readKeyTable()

test('the table was made of the charts that the tests have', () => {
  expect(charts.map(({ release }) => release)).toEqual(CHART_RELEASES)
  // As PyYAML and Helm's YAML library count them in the charts themselves.
  expect(charts.map(({ values }) => countOf(values))).toEqual([1081, 1166, 1215, 1270, 1337, 1488, 1520])
})

test.each(charts)(
  'Cilium $release: every key of its own values is in the table, and nothing is said of them',
  (chart) => {
    const { release, values, text } = chart
    const missing: string[] = []
    const visit = (below: Values, keys: ReadonlyMap<string, ChartKey>, above: string) => {
      for (const [name, value] of Object.entries(below)) {
        const key = keys.get(name)
        if (key?.types.has(minorOf(release)) !== true) missing.push(`${above}${name}`)
        else if (isValues(value)) visit(value, key.below, `${above}${name}.`)
      }
    }
    visit(values, table, '')
    expect(missing).toEqual([])
    expect(lintLines(release, text)).toEqual([])
  },
)

test.each(charts)(
  'Cilium $release: at least 198 of 200 mutated keys are found',
  { timeout: 60_000 },
  ({ release, values }) => {
    const missed = mutateValues(values, 200, randomFrom(20_261_120)).filter(
      (mutant) => lintText(release, stringify(mutant.values)).length === 0,
    )
    expect(
      missed.length,
      missed.map(({ kind, description }) => `${kind}: ${description}`).join('\n'),
    ).toBeLessThanOrEqual(2)
  },
)

test('mutants are all three kinds, and differ', () => {
  const [chart] = charts
  const mutants = mutateValues(chart?.values ?? {}, 200, randomFrom(1))
  expect(new Set(mutants.map(({ kind }) => kind))).toEqual(new Set(['typo', 'moved', 'type']))
  expect(new Set(mutants.map(({ description }) => description)).size).toBeGreaterThan(180)
})

// Known of Cilium's documentation and its releases, not of the table.
test.each([
  ['bpf.ctTcpMax', '1.14 and later'],
  ['bpf.natMax', '1.14 and later'],
  ['conntrackGCMaxInterval', '1.14 and later'],
  ['bpf.nodeMapMax', '1.15 and later'],
  ['clustermesh.maxConnectedClusters', '1.15 and later'],
  ['ciliumEndpointSlice.enabled', '1.16 and later'],
  ['ciliumEndpointSlice.rateLimits', '1.16 and later'],
  ['ciliumEndpointSlice.sliceMode', 'only 1.17'],
  ['enableCiliumEndpointSlice', 'up to 1.17'],
  ['bpf.ctAccounting', '1.17 and later'],
  ['bpf.distributedLRU.enabled', '1.17 and later'],
  ['bpf.policyStatsMapMax', '1.18 and later'],
  ['bpf.policyMapPressureMetricsThreshold', '1.19 and later'],
  ['tunnel', 'up to 1.14'],
  ['remoteNodeIdentity', 'up to 1.15'],
  // Keys that stand in no values.yaml but that templates read.
  ['loadBalancer.mode', '1.14 and later'],
  ['maglev.tableSize', '1.14 and later'],
  ['egressGateway.maxPolicyEntries', '1.14 and later'],
  ['hubble.export.fileCompress', '1.18 and later'],
])('%s: %s', (path, versions) => {
  const key = findKey(table, path)
  expect(key && describeVersions(key)).toBe(versions)
})

test.each(['enableTunnelBIGTCP', 'hostServices', 'bpf.natMapMax'])('no chart reads %s', (path) => {
  expect(findKey(table, path)).toBeUndefined()
})

function countOf(values: Values): number {
  return Object.values(values).reduce<number>((sum, value) => sum + 1 + (isValues(value) ? countOf(value) : 0), 0)
}
