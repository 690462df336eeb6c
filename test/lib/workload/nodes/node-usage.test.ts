import { expect, test } from 'vitest'
import { usageFromMetricsApi, usageFromSummary, usageMetrics } from '../../../../lib/workload/nodes/node-usage.ts'
import { recordedText } from '../../prometheus/recorded.ts'

test('what a real metrics-server says of a node, as metrics.k8s.io', () => {
  expect(usageFromMetricsApi(JSON.parse(recordedText('node-metrics.json')))).toEqual([
    { node: 'node-a', measuredAt: '2026-11-21T03:46:27Z', cpuCores: 0.589789419, memoryBytes: 3016448 * 1024 },
  ])
})

test('what a real kubelet says in its stats/summary', () => {
  expect(usageFromSummary('node-a', JSON.parse(recordedText('stats-summary.json')))).toEqual({
    node: 'node-a',
    measuredAt: '2026-11-21T03:32:59Z',
    cpuCores: 1.545867443,
    memoryBytes: 5_327_876_096,
  })
})

test('what is 0, absent or no number is not known', () => {
  expect(usageFromSummary('a', {})).toEqual({ node: 'a' })
  expect(usageFromSummary('a', { node: { cpu: { usageNanoCores: 0 }, memory: { workingSetBytes: 5 } } })).toEqual({
    node: 'a',
    memoryBytes: 5,
  })
  expect(usageFromMetricsApi({})).toEqual([])
  expect(usageFromMetricsApi({ items: [{}, { metadata: { name: 'a' }, usage: { cpu: '0', memory: '1Ki' } }] })).toEqual(
    [{ node: 'a', memoryBytes: 1024 }],
  )
})

test('a metric for each figure that is known', () => {
  const metrics = usageMetrics('metrics-api', {
    before: [{ node: 'a', cpuCores: 0.5 }],
    peak: [{ node: 'a', cpuCores: 1.5, memoryBytes: 2048 }],
    after: [{ node: 'a' }],
  })
  expect(metrics).toEqual([
    {
      name: 'node_cpu_usage',
      unit: 'cores',
      labels: { node: 'a', when: 'before' },
      statistics: { value: 0.5 },
      source: 'metrics-api',
      resolution: 1e-9,
    },
    expect.objectContaining({
      name: 'node_cpu_usage',
      labels: { node: 'a', when: 'peak' },
      statistics: { value: 1.5 },
    }),
    {
      name: 'node_memory_usage',
      unit: 'B',
      labels: { node: 'a', when: 'peak' },
      statistics: { value: 2048 },
      source: 'metrics-api',
      resolution: 1024,
    },
  ])
})
