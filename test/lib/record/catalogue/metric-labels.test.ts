import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lookupMetrics, parseLookups } from '../../../../lib/acceptance/dns/lookups.ts'
import { createEffectLog } from '../../../../lib/acceptance/network-policy/effect-log.ts'
import { createWayLog } from '../../../../lib/acceptance/services/way-log.ts'
import { flowLabels, pairLabels } from '../../../../lib/netperf/matrix/test-labels.ts'
import type { MetricName } from '../../../../lib/record/catalogue/metric-catalogue.ts'
import { ownLabels, possibleLabels } from '../../../../lib/record/catalogue/metric-labels.ts'
import type { Metric, RunRecord } from '../../../../lib/record/run-record.ts'
import { testCase } from '../../netperf/test-case-example.ts'
import { recorded, recordedNames } from '../../report/html/recorded.ts'

const RUNS = new URL('../../../fixtures/runs/', import.meta.url)

function recordedRuns(): RunRecord[] {
  return readdirSync(RUNS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('/run.json'))
    .map((file) => JSON.parse(readFileSync(new URL(file, RUNS), 'utf8')) as RunRecord)
}

/** `metric{label}` of labels that the catalogue does not know. */
function unknownLabels(metrics: readonly Metric[]): string[] {
  const unknown = metrics.flatMap(({ name, labels }) =>
    Object.keys(labels)
      .filter((label) => !possibleLabels(name as MetricName).includes(label))
      .map((label) => `${name}{${label}}`),
  )
  return [...new Set(unknown)]
}

test('no real run of any command has a label that is not in the catalogue', () => {
  const records = [...recordedNames().map(recorded), ...recordedRuns()]
  expect(new Set(records.map(({ kind }) => kind)).size).toBe(10)
  expect(unknownLabels(records.flatMap(({ metrics }) => metrics))).toEqual([])
})

test('nor has a test of netperf with everything that tells tests apart', () => {
  const endpoint = { namespace: 'n', pod: 'p', node: 'a', hostNetwork: false, addresses: [], nodeAddresses: [] }
  const pair = { index: 0, client: endpoint, server: endpoint, processes: [] }
  const test = testCase({
    mode: 'rr',
    mssBytes: 1460,
    messageBytes: 64,
    bitsPerSecond: 1e6,
    connections: 2,
    requestsPerSecond: 10,
    isBaseline: true,
  })
  const labels = Object.keys({ ...flowLabels(test, 'reverse'), ...pairLabels(pair) })
  expect(labels.toSorted()).toEqual(ownLabels('tcp_throughput').toSorted())
  expect([...labels, 'code'].toSorted()).toEqual(ownLabels('rr_errors').toSorted())
  expect(Object.keys(flowLabels(test, 'reverse')).toSorted()).toEqual(ownLabels('pair_rr_rate').toSorted())
})

test('nor has what the checklist alone measures', () => {
  const ways = createWayLog(1000)
  const way = { path: 'cluster-ip', node: 'a' } as const
  ways.reached(way, { atMs: 2, resolutionSeconds: 0.1, isFirstAttempt: false }, { createdMs: 0, endpointReadyMs: 1 })
  const effects = createEffectLog()
  effects.effect({ action: 'deny', change: 'created' }, { atMs: 2, resolutionSeconds: 0.1 }, 1)
  const lookups = lookupMetrics('a', parseLookups('short 1000 0\n', ''))
  const metrics = [...ways.metrics(), ...effects.metrics(), ...lookups]
  expect(new Set(metrics.map(({ name }) => name)).size).toBe(6)
  expect(unknownLabels(metrics)).toEqual([])
})
