import { expect, test } from 'vitest'
import { readAgent } from '../../../../../lib/cilium/maps/read-agent.ts'
import { agentFindings } from '../../../../../lib/cilium/maps/record/agent-findings.ts'
import { headroomFindings } from '../../../../../lib/cilium/maps/record/headroom-findings.ts'
import { mapFindings } from '../../../../../lib/cilium/maps/record/map-findings.ts'
import type { AgentReading } from '../../../../../lib/record/cilium-figures.ts'
import { inputOf, mapOf, readingOf } from '../recorded.ts'

const find = (agents: AgentReading[], wanted: string) =>
  [...mapFindings(agents), ...agentFindings(agents, [])].find(({ code }) => code === wanted)

test('sizes that the agents do not have yet, by the setting', () => {
  const changed = readAgent({ ...inputOf('busy'), config: { 'enable-ipv4': 'true', 'bpf-lb-map-max': '65536' } })
  expect(find([changed], 'SizeNotInForce')).toBeDefined()
  expect(
    mapFindings([changed])
      .filter(({ code }) => code === 'SizeNotInForce')
      .map(({ message }) => message),
  ).toContain(
    'bpf-lb-map-max: agents of 1 node have 256 entries in lb4_services_v2; the configuration gives 65536: the agent takes it when it restarts',
  )
  expect(find([readingOf('full')], 'SizeNotInForce')).toBeUndefined()
})

test('updates that failed in a map with room: told, and a warning while they go on', () => {
  const reading = readingOf('busy')
  const failing = (perSecond?: number): AgentReading => ({
    ...reading,
    maps: reading.maps.map((map) =>
      map.map === 'ipcache'
        ? {
            ...map,
            operations: [
              { operation: 'update', outcome: 'fail', count: 12, ...(perSecond === undefined ? {} : { perSecond }) },
              { operation: 'delete', outcome: 'fail', count: 99 },
            ],
          }
        : map,
    ),
  })
  expect(find([failing()], 'MapUpdatesFailed')).toMatchObject({
    severity: 'info',
    message: '12 updates of ipcache failed since the agents started, though it is not full',
  })
  expect(find([failing(2.5)], 'MapUpdatesFailed')).toMatchObject({
    severity: 'warning',
    message: '12 updates of ipcache failed since the agents started, 2.5 a second now, though it is not full',
  })
})

test('a map that is full of a kind that nobody knows is no error', () => {
  const reading = readingOf('empty')
  const unknown: AgentReading = {
    ...reading,
    maps: [
      { ...mapOf(reading, 'lxc'), map: 'new', kind: 'other', whenFull: 'unknown', used: 9, capacity: 9, pressure: 1 },
    ],
  }
  expect(mapFindings([unknown])).toMatchObject([{ severity: 'warning', code: 'MapFull' }])
})

test('maps that Cilium does not report are named once', () => {
  expect(find([readingOf('kpr'), readingOf('nat', 'node-b')], 'MapsNotReported')).toMatchObject({
    severity: 'info',
    advice: '--deep counts their entries in the kernel',
  })
  expect(find([readingOf('kpr')], 'MapsNotReported')?.message).toContain('nodeport_neigh4')
})

test('tables that fill while the collector sleeps for hours', () => {
  const slow = (seconds: number): AgentReading => {
    const reading = readingOf('full')
    return { ...reading, conntrack: { ...reading.conntrack, intervalSeconds: seconds } }
  }
  expect(find([slow(43_200)], 'SeldomCollected')).toMatchObject({
    severity: 'warning',
    message: 'connection tracking and NAT are swept only every 12h on 1 node with a table that is nearly full',
    advice: 'conntrackGCMaxInterval: 30m keeps the interval from growing up to 12 hours',
  })
  expect(find([slow(300)], 'SeldomCollected')).toBeUndefined()
})

test('source ports that run out, drops that have to do with maps, and agents that restarted', () => {
  const agent: AgentReading = {
    ...readingOf('nat'),
    isRestarted: true,
    sourcePorts: [{ family: 'ipv4', share: 0.93 }],
    drops: [
      { reason: 'Service backend not found', direction: 'EGRESS', packets: 12, perSecond: 0.5 },
      { reason: 'Policy denied', direction: 'INGRESS', packets: 1000 },
    ],
  }
  expect(find([agent], 'SourcePortsShort')?.message).toMatch(/93% used towards one remote end on node-a/)
  expect(
    agentFindings([agent], [])
      .filter(({ code }) => code === 'PacketsDropped')
      .map(({ message }) => message),
  ).toEqual(['12 packets dropped since the agents started with "Service backend not found", 0.5 a second now'])
  expect(find([agent], 'AgentRestarted')?.message).toMatch(/^1 agent restarted between two reads/)
})

test('what the objects of the API need and does not fit', () => {
  const row = { what: 'identities', used: 65_280, limit: 65_280, formula: 'x' }
  expect(headroomFindings([{ ...row, share: 1 }])).toMatchObject([{ severity: 'error', code: 'HeadroomUsedUp' }])
  expect(headroomFindings([{ ...row, used: 50_000, share: 50_000 / 65_280 }])).toEqual([
    {
      severity: 'warning',
      code: 'HeadroomNearlyUsedUp',
      message: 'identities: 50000 of 65280 (76%) by the objects of the cluster',
    },
  ])
  expect(headroomFindings([{ ...row, share: 0.69 }])).toEqual([])
})
