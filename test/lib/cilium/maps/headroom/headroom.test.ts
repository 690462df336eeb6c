import { expect, test } from 'vitest'
import type {
  ClusterObjects,
  EndpointSliceObject,
  ServiceObject,
} from '../../../../../lib/cilium/maps/headroom/cluster-objects.ts'
import { headroom, headroomGaps } from '../../../../../lib/cilium/maps/headroom/headroom.ts'
import { loadBalancerEntries } from '../../../../../lib/cilium/maps/headroom/load-balancer-entries.ts'
import { mapOf, readingOf } from '../recorded.ts'

function service(name: string, spec: ServiceObject['spec'] = {}): ServiceObject {
  return { metadata: { name, namespace: 'default' }, spec: { clusterIP: '10.96.0.1', ports: [{}], ...spec } }
}

function slice(name: string, addresses: string[], rest: Partial<EndpointSliceObject> = {}): EndpointSliceObject {
  return {
    metadata: { namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ port: 8080, protocol: 'TCP' }],
    ...rest,
  }
}

/** Of the recorded cluster: so many Services with the same two pods behind each. */
function recordedCluster(services: number): ClusterObjects {
  const names = Array.from({ length: services }, (_, index) => `svc-${index}`)
  return {
    services: names.map((name) => service(name)),
    endpointSlices: names.map((name) => slice(name, ['10.201.1.10', '10.201.2.10'])),
    nodes: 2,
  }
}

test.each([
  ['busy', 60],
  ['kpr', 120],
  ['nat', 120],
] as const)('the formula gives what the agent that is %s had for %d Services', (state, services) => {
  const reading = readingOf(state)
  expect(loadBalancerEntries(recordedCluster(services), 'ipv4')).toEqual({
    services: mapOf(reading, 'lb4_services_v2').used,
    frontends: mapOf(reading, 'lb4_reverse_nat').used,
    backends: mapOf(reading, 'lb4_backends_v3').used,
  })
})

test.each<[string, ServiceObject['spec'], number]>([
  ['ClusterIP', {}, 1],
  ['two ports', { ports: [{}, {}] }, 2],
  ['headless', { clusterIP: 'None' }, 0],
  ['ExternalName', { type: 'ExternalName' }, 0],
  ['NodePort', { type: 'NodePort' }, 2],
  ['NodePort with its own traffic policy', { type: 'NodePort', externalTrafficPolicy: 'Local' }, 3],
  ['LoadBalancer', { type: 'LoadBalancer' }, 3],
  ['external IPs', { externalIPs: ['192.0.2.1', '192.0.2.2', '2001:db8::1'] }, 3],
  ['the other family', { ipFamilies: ['IPv6'] }, 0],
])('addresses and ports of a Service: %s', (_, spec, frontends) => {
  expect(loadBalancerEntries({ services: [service('a', spec)], endpointSlices: [] }, 'ipv4').frontends).toBe(frontends)
})

test('endpoints that are not ready, of other families and of no Service take nothing', () => {
  const endpointSlices = [
    slice('a', ['10.0.0.1', '10.0.0.2']),
    slice('a', ['10.0.0.3'], { endpoints: [{ addresses: ['10.0.0.3'], conditions: { ready: false } }] }),
    slice('a', ['2001:db8::1'], { addressType: 'IPv6' }),
    slice('a', [], { endpoints: null }),
  ]
  expect(loadBalancerEntries({ services: [service('a'), service('b')], endpointSlices }, 'ipv4')).toEqual({
    frontends: 2,
    services: 4,
    backends: 2,
  })
})

test('what is used, of how much, by which formula', () => {
  const objects = {
    ...recordedCluster(100),
    identities: 60_000,
    endpointAddresses: 500,
    config: { 'bpf-lb-map-max': '256' },
  }
  const rows = headroom(objects)
  expect(rows.map(({ what, used, limit }) => [what, used, limit])).toEqual([
    ['load balancer entries (IPv4)', 300, 256],
    ['load balancer backends (IPv4)', 2, 256],
    ['reverse NAT entries (IPv4)', 100, 256],
    ['service IDs', 100, 65_535],
    ['identities', 60_000, 65_280],
    ['ipcache entries', 506, 512_000],
  ])
  expect(rows[0]).toMatchObject({ share: 300 / 256, limitSource: 'bpf-lb-map-max of ConfigMap cilium-config' })
  expect(rows.every(({ formula }) => formula.length > 10)).toBe(true)
})

test('what cannot be read is left out, not 0', () => {
  const rows = headroom(recordedCluster(1))
  expect(rows.map(({ what }) => what)).not.toContain('identities')
  expect(rows[0]).not.toHaveProperty('limit')
  expect(headroom({ services: [], endpointSlices: [], nodes: 0 }).map(({ what, used }) => [what, used])).toEqual([
    ['service IDs', 0],
  ])
})

test('where nobody says how many nodes there are, their part of the ipcache is a formula, not 0', () => {
  const objects: ClusterObjects = { services: [], endpointSlices: [], endpointAddresses: 500 }
  expect(headroom(objects).map(({ what }) => what)).toEqual(['service IDs'])
  expect(headroomGaps(objects, ['list ciliumnodes.cilium.io', 'list nodes'])).toEqual([
    {
      severity: 'warning',
      code: 'HeadroomIncomplete',
      message:
        'what objects need is not known in full: this user may not list ciliumnodes.cilium.io, list nodes; ipcache entries are addresses of CiliumEndpoints + 3 for each node: 500 + 3 × nodes, of which nobody says how many there are',
      advice: 'apply docs/rbac/cilium-maps.yaml',
    },
  ])
  expect(headroomGaps({ ...objects, nodes: 2 }, [])).toEqual([])
  expect(headroomGaps({ ...objects, nodes: 2 }, ['list ciliumidentities.cilium.io'])[0]?.message).toMatch(
    /identities.cilium.io$/,
  )
})
