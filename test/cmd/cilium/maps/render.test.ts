import { expect, test } from 'vitest'
import { renderMaps } from '../../../../cmd/cilium/maps/render.ts'
import type { MapsRenderOptions } from '../../../../cmd/cilium/maps/render-options.ts'
import { run } from '../../../../cmd/root.ts'
import { assessMaps } from '../../../../lib/cilium/maps/assess-maps.ts'
import type { AgentFailure } from '../../../../lib/record/details/cilium-maps-details.ts'
import type { RunRecord } from '../../../../lib/record/run-record.ts'
import { readingOf, readingWithout, STATES } from '../../../lib/cilium/maps/recorded.ts'
import { fakeContext } from '../../fake-context.ts'

const lost: AgentFailure = {
  agent: { node: 'node-lost', namespace: 'kube-system', pod: 'cilium-x7', container: 'cilium-agent' },
  error: 'its pod does not run: CrashLoopBackOff: back-off 5m0s \u001b[31mrestarting',
  advice: ['kubectl logs'],
}

function recordOf({ failures = [] as readonly AgentFailure[], states = [...STATES] } = {}) {
  const readings = states.map((state) => readingOf(state, `node-${state}`))
  const { details, metrics, findings, outcome } = assessMaps({ readings, failures })
  const record: RunRecord = {
    schemaVersion: 1,
    kind: 'cilium-maps',
    runId: 'abc123',
    tool: { name: 'kubectl-perf', version: 'v0.1.0' },
    startedAt: '2026-11-20T10:00:00.000Z',
    finishedAt: '2026-11-20T10:00:05.000Z',
    outcome,
    cluster: { serverVersion: 'v1.34.4', nodes: 5, context: 'kind', platform: 'linux/amd64' },
    parameters: {},
    phases: [{ name: 'read agents', startedAt: '2026-11-20T10:00:00.000Z', durationSeconds: 0.5 }],
    metrics,
    thresholds: [],
    findings,
    details,
  }
  return record
}

const plain: MapsRenderOptions = {
  wide: false,
  headers: true,
  color: false,
  sort: 'pressure',
  perNode: false,
  advise: false,
  watch: false,
  interval: 5000,
  isTerminal: false,
}

test('five agents as they were recorded', () => {
  const [tables, findings = ''] = renderMaps(recordOf(), plain).split(/^(?=FINDING)/m)
  expect(tables).toMatchInlineSnapshot(`
    "MAP                WORST-NODE            USED   PRESSURE   SPREAD      WHEN-FULL   FAILED-OPS
    lb4_services_v2    node-full       291 of 256       1.14   0.00–1.14   fails              260
    policy             node-full       256 of 256       1.00   0.52–1.00   fails              684
    ct4_global         node-full      840 of 1024       0.82   0.00–0.82   evicts               0
    lb4_reverse_nat    node-full        85 of 256       0.33   0.00–0.33   fails                0
    lb4_backends_v3    node-busy         2 of 256       0.01   0.00–0.01   fails                0
    ct_any4_global     node-busy        2 of 1024       0.00   0.00–0.00   evicts               0
    ipcache            node-nat     309 of 512000       0.00   0.00–0.00   fails                0
    lxc                node-busy       5 of 65535       0.00   0.00–0.00   fails                0
    auth_map           node-busy      0 of 524288       0.00   0.00–0.00   fails                0
    lb4_source_range   node-busy         0 of 256       0.00   0.00–0.00   fails                0

    No figure for ipv4_frag_datagrams, l2_responder_v4, lb4_affinity, lb4_reverse_sk, metrics, node_map, nodeport_neigh4: not reported by Cilium 1.15
    No figure for snat_v4_external: Cilium tells it only after a garbage collection that swept the NAT table

    CONNTRACK      ALIVE   MOST-ON           GC-DELETED            GC-INTERVAL   GC-RUNS
    TCP ipv4        1756   node-full (840)            4   adaptive, 10s to 12h        48
    non-TCP ipv4       6   node-busy (2)              0   adaptive, 10s to 12h        48

    DROPPED-FOR               DIRECTION   PACKETS   MOST-ON
    Unsupported L3 protocol   egress           47   node-full

    "
  `)
  expect(findings).toMatch(/^ERROR +lb4_services_v2 is full on 1 of 5 nodes: /m)
  expect(findings).toMatch(/^ADVICE\nbpf\.policyMapMax: 16384 \(now 256\), memory only for .*\n {2}for policy\n/m)
  expect(findings).toMatch(/^bpf\.ctTcpMax: \d+ \(now 1024\), \+[\d.]+ MB per node\n {2}for ct4_global\n/m)
  expect(findings).toMatch(
    /\nFAILED: 2 maps are full and refuse entries, 1 map is full and evicts entries\. Read 5 agents in 500ms\.\n$/,
  )
})

test('a terminal of 80 columns: no line is longer', () => {
  const text = renderMaps(recordOf({ failures: [lost] }), { ...plain, columns: 80 })
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(text).toMatch(/^node-lost +cilium-x7 +its pod does not run: CrashLoopBackOff: back-off/m)
  expect(text).toContain('^[[31m')
  expect(text).toContain('→ kubectl logs')
  expect(text).not.toContain('agent kube-system/cilium-x7 on node')
})

test('in wide all of it: where sizes come from, how old figures are, timeouts, nodes', () => {
  const text = renderMaps(recordOf({ states: ['kpr'] }), { ...plain, wide: true })
  expect(text).toMatch(/^node-kpr +ct4_global +0 of 221723 +0\.00 +evicts +0 +dynamic /m)
  expect(text).toMatch(/^TIMEOUT-OF +AFTER +FROM +FLAG$/m)
  expect(text).toMatch(/^NODE +AGENT +CILIUM +KERNEL +MEMORY +AVAILABLE +MAPS +DYNAMIC-RATIO$/m)
  expect(text).toMatch(/^PASSED: no map is full\. Read 1 agent in 500ms\.\n$/m)
})

test('counts of metrics that are turned off are left open', () => {
  const withOne = (metric: string) => {
    const { details, metrics, findings } = assessMaps({ readings: [readingWithout(metric, 'full')], failures: [] })
    return renderMaps({ ...recordOf({ states: ['full'] }), details, metrics, findings }, { ...plain, perNode: true })
  }
  const withoutOperations = withOne('cilium_bpf_map_ops_total')
  expect(withoutOperations).toMatch(/^lb4_services_v2 +node-a +291 of 256 +1.14 +fails +-$/m)
  expect(withoutOperations).toMatch(/^node-a +lb4_services_v2 +291 of 256 +1.14 +fails +-$/m)
  const withoutRuns = withOne('cilium_datapath_conntrack_gc_runs_total')
  // Entries are alive by a collection's count, so that there was one.
  expect(withoutRuns).toMatch(/^ct4_global +node-a +840 of 1024 +0.82 +evicts +0$/m)
  expect(withoutRuns).toMatch(/^TCP ipv4 +840 +0 +adaptive, 10s to 12h +-$/m)
})

test('without headers', () => {
  const text = renderMaps(recordOf(), { ...plain, headers: false })
  expect(text).not.toMatch(/^(MAP|CONNTRACK|FINDING|ADVICE)\b/m)
})

test('while it is watched: each look with its time, and on a terminal in place of the one before', () => {
  const watched = { ...plain, watch: true }
  expect(renderMaps(recordOf(), watched)).toMatch(/^2026-11-20T10:00:05Z\n\nMAP /)
  expect(renderMaps(recordOf(), { ...watched, isTerminal: true })).toMatch(
    /^\u001b\[H\u001b\[2J2026-11-20T10:00:05Z, every 5s; Ctrl-C ends it\n\nMAP /,
  )
})

test('the verdict in color', () => {
  expect(renderMaps(recordOf(), { ...plain, color: true })).toContain('\u001b[31mFAILED\u001b[39m: 2 maps are full')
})

test.each([
  [['--map', '('], 'invalid argument "(" for "--map" flag: must be a regular expression'],
  [['--deep', '--no-exec'], '--deep runs bpftool in the agents, and --no-exec forbids that: give one of them'],
  [['--interval', '10s'], '--interval is about --watch: give it too, or leave --interval out'],
  [['--interval', '10ms'], 'invalid argument "10ms" for "--interval" flag'],
  [['--threshold', 'bpf_map_presure<1'], 'unknown metric "bpf_map_presure"'],
])('usage: %j', async (argv, message) => {
  const { context, stderr, stdout } = fakeContext()
  expect(await run(['cilium', 'maps', ...argv], context)).toBe(2)
  expect(stdout()).toBe('')
  expect(stderr()).toContain(message)
})
