import { expect, test } from 'vitest'
import { renderBreakdown } from '../../../cmd/density/render-breakdown.ts'
import type { MetricName } from '../../../lib/record/catalogue/metric-catalogue.ts'
import { summaryMetric } from '../../../lib/stats/metric.ts'
import { densityRecord } from '../../lib/report/density-record.ts'

const wide = { wide: true, headers: true, color: false }
const part = (name: MetricName, labels: Record<string, string>, seconds: readonly number[]) =>
  summaryMetric(name, seconds, { labels, source: 'watch', resolution: 0.001 })

const record = densityRecord({
  metrics: [
    part('pod_scheduled_latency', { node: 'node-a' }, [0.011, 0.012]),
    part('pod_ready_latency', { node: 'node-a' }, [0.702, 0.91]),
    part('pod_sandbox_ready_latency', { node: 'node-b' }, [2.1]),
    part('pod_ready_latency', { node: 'node-b' }, [3.31]),
    part('pod_scheduled_latency', { node: 'node-c' }, [0.04]),
    part('pod_ready_latency', { namespace: 'perf-3f9kq2-0' }, [0.702, 0.91, 3.31]),
    part('pod_ready_latency', { node: 'node-a', run: '2' }, [5]),
  ],
  details: {
    pods: [],
    slowNodes: [
      { node: 'node-b', step: 'ready', medianSeconds: 3, elsewhereSeconds: 1, pods: 1, elsewherePods: 2, p: 0.001 },
    ],
  },
})

test('the wide table has the latencies of each node and namespace, and says which node is slow', () => {
  expect(`\n${renderBreakdown(record, wide)}`).toMatchInlineSnapshot(`
    "
    BY NODE   PODS   SCHEDULED-P50   SANDBOX+CNI-P50   INITIALIZED-P50   STARTED-P50   READY-P50   READY-P90   READY-MAX   NOTE
    node-a       2            11ms                 -                 -             -       702ms           -       910ms
    node-b       1               -                 -                 -             -           -           -       3.31s   slow

    BY NAMESPACE    PODS   SCHEDULED-P50   SANDBOX+CNI-P50   INITIALIZED-P50   STARTED-P50   READY-P50   READY-P90   READY-MAX
    perf-3f9kq2-0      3               -                 -                 -             -       910ms           -       3.31s
    "
  `)
})

test('the other tables leave them out', () => {
  expect(renderBreakdown(record, { ...wide, wide: false })).toBe('')
  expect(renderBreakdown(densityRecord(), wide)).toBe('')
})
