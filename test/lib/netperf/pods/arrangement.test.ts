import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NetperfPlan } from '../../../../lib/netperf/netperf-plan.ts'
import { arrange, creationWaves } from '../../../../lib/netperf/pods/arrangement.ts'
import type { WantedPair } from '../../../../lib/netperf/pods/wanted-pod.ts'
import { netperfPlan } from '../plans.ts'
import { testCase } from '../test-case-example.ts'

function ratio(clients: number, servers: number): NetperfPlan['arrangement'] {
  return { kind: 'ratio', clients, servers }
}

const links = (pairs: readonly WantedPair[]) =>
  pairs.map(({ client, server, processes }) => `${client} ${server} ${processes.map(({ port }) => port).join()}`)

describe('pairs', () => {
  test.each([
    [1, 1, ['other-node-client-0 other-node-server-0 5201']],
    [
      3,
      1,
      [
        'other-node-client-0 other-node-server-0 5201',
        'other-node-client-1 other-node-server-0 5203',
        'other-node-client-2 other-node-server-0 5205',
      ],
    ],
    [
      3,
      2,
      [
        'other-node-client-0 other-node-server-0 5201',
        'other-node-client-1 other-node-server-1 5201',
        'other-node-client-2 other-node-server-0 5203',
      ],
    ],
    [1, 2, ['other-node-client-0 other-node-server-0 5201', 'other-node-client-0 other-node-server-1 5201']],
  ])('%i clients and %i servers', (clients, servers, expected) => {
    const { pairs, rounds, pods } = arrange(netperfPlan({ arrangement: ratio(clients, servers) }), [])
    expect(links(pairs)).toEqual(expected)
    expect(rounds.get(0)).toEqual([pairs.map(({ index }) => index)])
    expect(pods.map(({ role }) => role)).toEqual([
      ...Array.from({ length: servers }, () => 'server'),
      ...Array.from({ length: clients }, () => 'client'),
    ])
  })

  test('each server serves ⌈N/M⌉ clients at most, each process one, and no port twice in a pod', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (clients, servers) => {
        const { pairs } = arrange(netperfPlan({ arrangement: ratio(clients, servers) }), [])
        expect(pairs).toHaveLength(Math.max(clients, servers))
        for (const role of ['client', 'server'] as const) {
          const counts = Map.groupBy(pairs, (pair) => pair[role])
          const total = role === 'client' ? clients : servers
          expect(counts.size).toBe(total)
          for (const own of counts.values()) expect(own.length).toBeLessThanOrEqual(Math.ceil(pairs.length / total))
        }
        const places = pairs.flatMap(({ server, processes }) => processes.map(({ port }) => `${server}:${port}`))
        expect(new Set(places).size).toBe(pairs.length)
      }),
    )
  })

  test('a server that takes several clients at once is one process', () => {
    const tests = [testCase({ engine: 'fortio', protocol: 'http' })]
    const { pairs, pods } = arrange(netperfPlan({ tests, arrangement: ratio(3, 1) }), [])
    expect(links(pairs).map((link) => link.split(' ')[2])).toEqual(['5201', '5201', '5201'])
    expect(pods[0]?.containers[0]?.processes).toHaveLength(1)
  })
})

describe('pods that tests share', () => {
  test('tests of the same placement and network share pods; each engine and family has its own process', () => {
    const tests = [
      testCase(),
      testCase({ protocol: 'udp' }),
      testCase({ engine: 'fortio', protocol: 'http', path: 'service' }),
      testCase({ ipFamily: 6 }),
      testCase({ placement: 'same-node' }),
    ]
    const { pods, pairs, rounds } = arrange(netperfPlan({ tests }), [])
    expect(pods.map(({ name }) => name)).toEqual([
      'other-node-server-0',
      'other-node-client-0',
      'same-node-server-0',
      'same-node-client-0',
    ])
    expect(pairs[0]?.processes).toEqual([
      { engine: 'iperf3', ipFamily: 4, port: 5201 },
      { engine: 'fortio', ipFamily: 4, port: 5203 },
      { engine: 'iperf3', ipFamily: 6, port: 5205 },
    ])
    expect([...rounds].map(([test, of]) => `${test}: ${of.flat().join()}`)).toEqual([
      '0: 0',
      '1: 0',
      '2: 0',
      '3: 0',
      '4: 1',
    ])
  })

  test('a server without a shell is one process, which serves both families', () => {
    const http = testCase({ engine: 'fortio', protocol: 'http' })
    const tests = [http, { ...http, ipFamily: 6 as const }]
    const { pods, pairs } = arrange(netperfPlan({ tests, arrangement: ratio(2, 1) }), [])
    const both = [
      { engine: 'fortio', ipFamily: 4, port: 5201 },
      { engine: 'fortio', ipFamily: 6, port: 5201 },
    ]
    expect(pairs.map(({ processes }) => processes)).toEqual([both, both])
    expect(pods[0]?.containers[0]?.processes).toEqual([both[0]])
  })

  test('engines of one image share a container; one without a shell has a process to stay alive by', () => {
    const tests = [testCase(), testCase({ engine: 'netperf' }), testCase({ engine: 'fortio', protocol: 'http' })]
    const [server, client] = arrange(netperfPlan({ tests }), []).pods
    expect(server?.containers.map(({ name, engines, hasShell }) => ({ name, engines, hasShell }))).toEqual([
      { name: 'iperf3', engines: ['iperf3', 'netperf'], hasShell: true },
      { name: 'fortio', engines: ['fortio'], hasShell: false },
    ])
    expect(client?.containers.map(({ processes }) => processes.length)).toEqual([0, 1])
  })

  test('pods on the host network share the ports of their nodes', () => {
    const tests = [testCase({ path: 'host' }), testCase({ path: 'host', placement: 'same-node' })]
    const { pairs } = arrange(netperfPlan({ tests, arrangement: ratio(2, 2) }), [])
    expect(pairs.flatMap(({ processes }) => processes.map(({ port }) => port))).toEqual([5201, 5203, 5205, 5207])
  })
})

describe('places', () => {
  const placesOf = (parts: Parameters<typeof netperfPlan>[0]) =>
    arrange(netperfPlan(parts), []).pods.map(({ name, node, relation }) => ({ name, node, relation }))

  test('clients find their place by their servers', () => {
    expect(placesOf({ arrangement: ratio(1, 1) })).toEqual([
      { name: 'other-node-server-0', node: undefined, relation: undefined },
      {
        name: 'other-node-client-0',
        node: undefined,
        relation: { kind: 'other-node', pods: ['other-node-server-0'] },
      },
    ])
  })

  test('where only the client has a certain node, the server finds its place by it', () => {
    const places = placesOf({ pods: { clientNode: 'a' } })
    expect(places).toEqual([
      { name: 'other-node-server-0', node: undefined, relation: { kind: 'other-node', pods: ['other-node-client-0'] } },
      { name: 'other-node-client-0', node: 'a', relation: undefined },
    ])
  })

  test('servers of one client find their place by it', () => {
    const relations = placesOf({ arrangement: ratio(1, 2) }).map(({ relation }) => relation)
    const byClient = { kind: 'other-node', pods: ['other-node-client-0'] }
    expect(relations).toEqual([byClient, byClient, undefined])
  })

  test('with both nodes given, each is on its own', () => {
    const places = placesOf({ pods: { clientNode: 'a', serverNode: 'b' } })
    expect(places.map(({ node }) => node)).toEqual(['b', 'a'])
  })

  test('the host baseline is between the nodes of the pods that it is compared with', () => {
    const tests = [testCase(), testCase({ path: 'host', isBaseline: true })]
    expect(placesOf({ tests }).slice(2)).toEqual([
      {
        name: 'other-node-host-server-0',
        node: undefined,
        relation: { kind: 'same-node', pods: ['other-node-server-0'] },
      },
      {
        name: 'other-node-host-client-0',
        node: undefined,
        relation: { kind: 'same-node', pods: ['other-node-client-0'] },
      },
    ])
  })

  test('waves: each pod after those that it finds its place by', () => {
    const tests = [testCase({ placement: 'same-node' }), testCase({ placement: 'any' })]
    const { pods } = arrange(netperfPlan({ tests, arrangement: ratio(1, 2) }), [])
    expect(creationWaves(pods).map((wave) => wave.map(({ name }) => name))).toEqual([
      ['same-node-client-0', 'any-server-0', 'any-server-1', 'any-client-0'],
      ['same-node-server-0', 'same-node-server-1'],
    ])
  })
})

describe('mesh', () => {
  const mesh = (nodes: readonly string[]) =>
    arrange(netperfPlan({ tests: [testCase({ placement: 'mesh' })], arrangement: { kind: 'mesh' } }), nodes)

  test('three nodes: two rounds of three', () => {
    const { pairs, rounds, pods } = mesh(['a', 'b', 'c'])
    expect(pods.map(({ name, node, role }) => `${name} ${node} ${role}`)).toEqual([
      'mesh-0 a peer',
      'mesh-1 b peer',
      'mesh-2 c peer',
    ])
    expect(rounds.get(0)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(links(pairs)).toEqual([
      'mesh-0 mesh-1 5201',
      'mesh-1 mesh-2 5201',
      'mesh-2 mesh-0 5201',
      'mesh-0 mesh-2 5201',
      'mesh-1 mesh-0 5201',
      'mesh-2 mesh-1 5201',
    ])
  })

  test('every ordered pair once, and in each round every node sends once and receives once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), (count) => {
        const nodes = Array.from({ length: count }, (_, index) => `n${index}`)
        const { pairs, rounds } = mesh(nodes)
        expect(new Set(pairs.map(({ client, server }) => `${client} ${server}`)).size).toBe(count * (count - 1))
        expect(pairs.every(({ client, server }) => client !== server)).toBe(true)
        for (const round of rounds.get(0) ?? []) {
          expect(new Set(round.map((index) => pairs[index]?.client)).size).toBe(count)
          expect(new Set(round.map((index) => pairs[index]?.server)).size).toBe(count)
        }
      }),
    )
  })
})

test('within a zone, the pod that is placed first goes to a zone with room for its partner', () => {
  const plan = netperfPlan({ tests: [testCase({ placement: 'same-zone' })] })
  const zonesOf = (shared: readonly string[]) => arrange(plan, [], shared).pods.map(({ role, zones }) => [role, zones])
  expect(new Map(zonesOf(['east']) as [string, unknown][])).toEqual(
    new Map<string, unknown>([
      ['server', ['east']],
      ['client', undefined],
    ]),
  )
  expect(zonesOf([]).map(([, zones]) => zones)).toEqual([undefined, undefined])
})
