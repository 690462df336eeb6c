import { describe, expect, test } from 'vitest'
import { PerfError } from '../../../../lib/errors/perf-error.ts'
import type { NetperfPlan } from '../../../../lib/netperf/netperf-plan.ts'
import { checkPlacements, usableNodes } from '../../../../lib/netperf/pods/usable-nodes.ts'
import type { TestCase } from '../../../../lib/netperf/test-case.ts'
import type { NodeObject } from '../../../../lib/workload/nodes/node-objects.ts'
import { netperfPlan } from '../plans.ts'
import { testCase } from '../test-case-example.ts'

function node(
  name: string,
  parts: { zone?: string; taints?: string[]; ready?: string; os?: string; cordoned?: boolean } = {},
): NodeObject {
  const { zone, taints = [], ready = 'True', os = 'linux', cordoned = false } = parts
  return {
    metadata: {
      name,
      labels: { 'kubernetes.io/os': os, ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }) },
    },
    spec: { unschedulable: cordoned, taints: taints.map((key) => ({ key, effect: 'NoSchedule' })) },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  }
}

type Parts = Parameters<typeof netperfPlan>[0] & { placement?: TestCase['placement'] }

function check(nodes: NodeObject[] | undefined, { placement = 'other-node', ...parts }: Parts = {}) {
  const plan: NetperfPlan = netperfPlan({ tests: [testCase({ placement })], ...parts })
  try {
    return checkPlacements(nodes, plan).map(({ code, message }) => `${code}: ${message}`)
  } catch (error) {
    if (!(error instanceof PerfError)) throw error
    return [error.message, ...error.advice]
  }
}

describe('what is impossible is said before anything is made', () => {
  test.each<[string, NodeObject[] | undefined, Parts, string[]]>([
    ['two nodes', [node('a'), node('b')], {}, []],
    [
      'one node',
      [node('a')],
      {},
      ['placement other-node needs two nodes, and only a can be used', '--placement same-node measures on one node'],
    ],
    ['one node for the same node', [node('a')], { placement: 'same-node' }, []],
    [
      'a second one that is tainted',
      [node('a'), node('b', { taints: ['gpu'] })],
      {},
      [
        'placement other-node needs two nodes, and only a can be used: b has the taint gpu:NoSchedule',
        '--placement same-node measures on one node',
        '--toleration gpu',
      ],
    ],
    [
      'all nodes tainted',
      [node('a', { taints: ['x', 'y'] }), node('b', { taints: ['x'] })],
      {},
      [
        'none of the 2 nodes can be used: a has the taint x:NoSchedule and y:NoSchedule, b has the taint x:NoSchedule',
        '--toleration x --toleration y',
      ],
    ],
    [
      'taints that are tolerated',
      [node('a', { taints: ['x'] }), node('b', { taints: ['x'] })],
      { pods: { tolerations: [{ key: 'x', operator: 'Exists' }] } },
      [],
    ],
    [
      'many that cannot',
      [
        node('a', { ready: 'Unknown' }),
        node('b', { cordoned: true }),
        node('c', { os: 'windows' }),
        node('d'),
        node('e'),
      ],
      { pods: { nodeSelector: { disk: 'ssd' } } },
      ['none of the 5 nodes can be used: a is not ready, b is cordoned, c is no Linux node, and 2 more'],
    ],
    ['no nodes', [], {}, ['the cluster has no nodes']],
    [
      'a node that is not there',
      [node('a'), node('b')],
      { pods: { clientNode: 'z' } },
      ['nodes "z" not found', '--client-node takes a name that kubectl get nodes shows'],
    ],
    [
      'a node that is tainted',
      [node('a'), node('b', { taints: ['gpu'] })],
      { pods: { serverNode: 'b' } },
      ['node b cannot be used: it has the taint gpu:NoSchedule', '--toleration gpu'],
    ],
    [
      'one node for both ends',
      [node('a'), node('b')],
      { pods: { clientNode: 'a', serverNode: 'a' } },
      ['placement other-node is impossible on one node: a is for client and server', '--placement same-node'],
    ],
    [
      'two nodes for the same node',
      [node('a'), node('b')],
      { placement: 'same-node', pods: { clientNode: 'a', serverNode: 'b' } },
      [
        'placement same-node is impossible between node a and node b',
        'name one of --client-node and --server-node, or leave --placement out',
      ],
    ],
    [
      'zones that nobody has',
      [node('a'), node('b')],
      { placement: 'other-zone' },
      [
        'placement other-zone needs zones, and no node has the label topology.kubernetes.io/zone',
        '--placement other-node',
      ],
    ],
    [
      'one zone',
      [node('a', { zone: 'z1' }), node('b', { zone: 'z1' })],
      { placement: 'other-zone' },
      [
        'placement other-zone needs two zones, and all nodes that can be used are in z1',
        '--placement same-zone',
        'kubectl get nodes -L topology.kubernetes.io/zone shows the zones',
      ],
    ],
    [
      'a zone for each',
      [node('a', { zone: 'z1' }), node('b', { zone: 'z2' })],
      { placement: 'same-zone' },
      [
        'placement same-zone needs two nodes in one zone, and each is in another',
        '--placement other-zone',
        'kubectl get nodes -L topology.kubernetes.io/zone shows the zones',
      ],
    ],
    [
      'two nodes in zones that do not fit',
      [node('a', { zone: 'z1' }), node('b', { zone: 'z2' }), node('c', { zone: 'z1' })],
      { placement: 'same-zone', pods: { clientNode: 'a', serverNode: 'b' } },
      [
        'placement same-zone is impossible: a is in zone z1, b in zone z2',
        'kubectl get nodes -L topology.kubernetes.io/zone shows the zones',
      ],
    ],
    [
      'more pairs than nodes',
      [node('a'), node('b')],
      { arrangement: { kind: 'ratio', clients: 4, servers: 1 } },
      ["MorePairsThanNodes: 4 pairs share 2 nodes: a node's network and CPU are divided among several of them"],
    ],
    ['nodes that may not be listed', undefined, { arrangement: { kind: 'ratio', clients: 4, servers: 1 } }, []],
    [
      'a mesh of nodes that may not be listed',
      undefined,
      { placement: 'mesh', arrangement: { kind: 'mesh' } },
      [
        'a mesh needs the names of all nodes, and this user may not list nodes',
        'ask for the permission to list nodes, or measure pairs with --ratio',
      ],
    ],
    [
      'a mesh of one',
      [node('a')],
      { placement: 'mesh', arrangement: { kind: 'mesh' } },
      ['a mesh needs two nodes, and only a can be used', '--placement same-node measures on one node'],
    ],
  ])('%s', (_, nodes, parts, expected) => {
    expect(check(nodes, parts)).toEqual(expected)
  })
})

test('fake nodes run nothing', () => {
  const fake = node('kwok')
  fake.metadata.annotations = { 'kwok.x-k8s.io/node': 'fake' }
  expect(usableNodes([fake, node('a', { zone: 'z' }), node('b')], netperfPlan())).toEqual([
    { name: 'a', zone: 'z' },
    { name: 'b' },
  ])
})
