import { describe, expect, test } from 'vitest'
import { assessLoad } from '../../../../lib/cilium/load/assess-load.ts'
import type { LoadPlan } from '../../../../lib/cilium/load/load-plan.ts'
import type { LoadRun } from '../../../../lib/cilium/load/load-run.ts'
import type { AgentReading, MapReading } from '../../../../lib/record/cilium-figures.ts'

const plan: Pick<LoadPlan, 'connections' | 'ratePerSecond' | 'durationMs' | 'protocol' | 'kind'> = {
  connections: 300,
  ratePerSecond: 100,
  durationMs: 20_000,
  protocol: 'tcp',
  kind: 'held',
}
const STARTED_MS = Date.parse('2026-11-20T10:00:00.000Z')

const map = (name: string, used: number, capacity: number, more: Partial<MapReading> = {}): MapReading => ({
  map: name,
  pinned: `cilium_${name}`,
  kind: name.startsWith('ct') ? 'conntrack' : 'load-balancer',
  whenFull: name.startsWith('ct') ? 'evicts' : 'fails',
  basis: 'gc',
  used,
  capacity,
  pressure: used / capacity,
  operations: [],
  ...more,
})

function reading(node: string, seconds: number, collections: number, maps: MapReading[]): AgentReading {
  return {
    agent: { node, namespace: 'kube-system', pod: `cilium-${node}`, container: 'cilium-agent' },
    version: '1.15.19',
    source: 'exec',
    readAt: new Date(STARTED_MS + seconds * 1000).toISOString(),
    families: ['ipv4'],
    maps,
    conntrack: {
      entries: [],
      collections: [{ family: 'ipv4', protocol: 'TCP', completed: collections, uncompleted: 0 }],
      intervalSource: 'configuration',
      interval: 'every 10s',
      timeouts: [],
    },
    sourcePorts: [],
    drops: [],
  }
}

/** Clients on node a, a server on each node; what is read at each time. */
function run(times: readonly AgentReading[][], more: Partial<LoadRun> = {}): LoadRun {
  return {
    phases: [],
    startedAtMs: STARTED_MS,
    durationSeconds: 20,
    clients: [{ pod: 'load-client-0', node: 'a', opened: 300, failed: 0, probed: 300, answered: 300 }],
    servers: [
      { pod: 'load-server-0', node: 'a' },
      { pod: 'load-server-1', node: 'b' },
    ],
    connections: [{ atMs: STARTED_MS + 1500, opened: 150 }],
    readings: times.map((readings) => ({ readings, failures: [] })),
    leftBehind: [],
    ...more,
  }
}

const ct = (used: number, more: Partial<MapReading> = {}) => map('ct4_global', used, 1024, more)

test('the growth of each node, with its series and metrics', () => {
  const lb = map('lb4_services_v2', 20, 256)
  const { details, metrics, findings, outcome } = assessLoad(
    plan,
    run([
      [reading('a', -0.4, 5, [ct(26), lb]), reading('b', -0.3, 5, [ct(20), lb])],
      [reading('a', 5, 5, [ct(26), lb]), reading('b', 5, 5, [ct(20), lb])],
      [reading('a', 10, 6, [ct(506), lb]), reading('b', 10.01, 6, [ct(170), lb])],
    ]),
    false,
  )
  expect(details.growth).toEqual([
    { node: 'a', map: 'ct4_global', before: 26, most: 506, capacity: 1024, perThousand: 1600, state: 'grew' },
    { node: 'b', map: 'ct4_global', before: 20, most: 170, capacity: 1024, perThousand: 500, state: 'grew' },
  ])
  expect(details.maps).toEqual([
    {
      node: 'a',
      map: 'ct4_global',
      points: [
        { t: -0.4, entries: 26, pressure: 26 / 1024 },
        { t: 5, entries: 26, pressure: 26 / 1024 },
        { t: 10, entries: 506, pressure: 506 / 1024 },
      ],
    },
    expect.objectContaining({ node: 'b', map: 'ct4_global' }),
  ])
  expect(details.connections).toEqual([{ t: 1.5, opened: 150 }])
  const values = metrics.map(({ name, labels, statistics }) => [name, labels.state ?? labels.node, statistics])
  expect(values).toContainEqual(['load_connections', 'opened', { value: 300 }])
  expect(values).toContainEqual(['load_connections', 'answered', { value: 300 }])
  expect(values).toContainEqual(['load_map_growth', 'a', { value: 1600 }])
  expect(metrics.find(({ name }) => name === 'load_map_entries')?.samples).toEqual([26, 26, 506])
  expect([findings, outcome]).toEqual([[], 'passed'])
})

describe('a map that is full', () => {
  const many = {
    clients: [{ pod: 'load-client-0', node: 'a', opened: 3000, failed: 0, probed: 3000, answered: 2988 }],
  }

  test('evicts: stuck below its size, though each connection has an entry at least', () => {
    const { details, findings, outcome } = assessLoad(
      { ...plan, connections: 3000 },
      run(
        [[reading('a', -0.2, 5, [ct(26)])], [reading('a', 10, 6, [ct(875)])], [reading('a', 20, 7, [ct(871)])]],
        many,
      ),
      false,
    )
    expect(details.growth).toEqual([
      { node: 'a', map: 'ct4_global', before: 26, most: 875, capacity: 1024, state: 'full' },
    ])
    expect(findings.map(({ severity, code, message }) => [severity, code, message])).toEqual([
      ['warning', 'ConnectionsLost', '12 of 3000 held connections did not answer any more when the load ended'],
      [
        'warning',
        'MapFull',
        'ct4_global on a stuck at 875 of 1024 (85%) under 3000 held connections: it is full, and the kernel throws other entries out',
      ],
    ])
    expect(outcome).toBe('passed')
  })

  test('and is not taken for full where all entries that must be there are', () => {
    const fitting = {
      clients: [{ pod: 'load-client-0', node: 'a', opened: 500, failed: 0 }],
    }
    const { details } = assessLoad(
      { ...plan, connections: 500 },
      run([[reading('a', 0, 5, [ct(26)])], [reading('a', 10, 6, [ct(840)])]], fitting),
      false,
    )
    expect(details.growth).toMatchObject([{ state: 'grew', perThousand: 1628 }])
  })

  test('fails: a verdict', () => {
    const { findings, outcome } = assessLoad(
      plan,
      run([
        [reading('a', 0, 5, [map('lb4_services_v2', 250, 256)])],
        [reading('a', 10, 6, [map('lb4_services_v2', 291, 256)])],
      ]),
      false,
    )
    expect(findings).toMatchObject([
      {
        severity: 'error',
        code: 'MapFull',
        message: expect.stringMatching(/^lb4_services_v2 on a reached 291 of 256 \(114%\) .* refuses new entries$/),
      },
    ])
    expect(outcome).toBe('failed')
  })
})

test('a figure that Cilium did not take anew is stale, and no growth of 0', () => {
  const { details, findings, metrics } = assessLoad(
    plan,
    run([[reading('a', 0, 5, [ct(26)])], [reading('a', 10, 5, [ct(26)])]]),
    false,
  )
  expect(details.growth).toEqual([
    { node: 'a', map: 'ct4_global', before: 26, most: 26, capacity: 1024, state: 'stale' },
  ])
  expect(findings).toMatchObject([{ code: 'StaleFigures', message: expect.stringContaining('every 10s') }])
  expect(metrics.some(({ name }) => name === 'load_map_growth')).toBe(false)
})

test('UDP goes into another map', () => {
  const any = (used: number) => map('ct_any4_global', used, 1024)
  const { details } = assessLoad(
    { ...plan, protocol: 'udp' },
    run([[reading('a', 0, 5, [ct(26), any(4)])], [reading('a', 10, 6, [ct(30), any(604)])]]),
    false,
  )
  expect(details.growth).toMatchObject([{ map: 'ct_any4_global', perThousand: 2000 }])
})

test('what was not opened, not read, or not done at all', () => {
  const readings = [[reading('a', 0, 5, [ct(26)])], [reading('a', 10, 6, [ct(200)])]]
  const few = run(readings, { clients: [{ pod: 'p', node: 'a', opened: 100, failed: 20 }] })
  expect(assessLoad(plan, few, false).findings).toMatchObject([
    { code: 'LoadFellShort', message: '100 of 300 connections were opened: 20 were refused or not answered' },
  ])
  expect(assessLoad(plan, few, true).findings).toEqual([])
  const none = run(readings, { clients: [{ pod: 'p', node: 'a', opened: 0, failed: 300 }] })
  expect(assessLoad(plan, none, false).outcome).toBe('no-data')
  const failed = run([], { failure: new Error('no route'), clients: [] })
  expect(assessLoad(plan, failed, false)).toMatchObject({
    outcome: 'error',
    findings: [{ code: 'RunFailed', message: 'no route' }],
    details: { growth: [], maps: [] },
  })
  const agent = { node: 'b', namespace: 'n', pod: 'p', container: 'c' }
  const gaps = { ...run(readings), readings: [{ readings: [], failures: [{ agent, error: 'late' }] }] }
  expect(assessLoad(plan, gaps, false)).toMatchObject({
    outcome: 'no-data',
    findings: [{ code: 'MissedReads' }],
  })
})
