import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addressOf,
  endpointManifest,
  groupCount,
  MOST_ENDPOINTS,
  relabelPatch,
} from '../../../../lib/ces/load/endpoint-manifest.ts'
import { type EndpointObject, endpointState } from '../../../../lib/ces/observation/endpoint-state.ts'

const names = {
  namespace: 'perf-abc234-0',
  labels: { 'kubectl-perf/run': 'abc234' },
  identities: [65_535, 65_534, 65_533, 65_532],
  owner: undefined,
}

test('every address is of 198.18.0.0/15, that of the node too, and no two endpoints share one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(MOST_ENDPOINTS - 1), { minLength: 1, maxLength: 50 }), (indexes) => {
      const addresses = indexes.map(addressOf)
      expect(new Set(addresses).size).toBe(indexes.length)
      const { status } = endpointManifest(names, indexes[0] ?? 0, 1) as EndpointObject
      const node = status?.networking?.node ?? ''
      expect(addresses).not.toContain(node)
      for (const address of [...addresses, node]) expect(address).toMatch(/^198\.1[89]\.\d{1,3}\.\d{1,3}$/)
    }),
  )
  expect([addressOf(0), addressOf(254), addressOf(255), addressOf(65_535), addressOf(MOST_ENDPOINTS - 1)]).toEqual([
    '198.18.0.1',
    '198.18.0.255',
    '198.18.1.0',
    '198.19.0.0',
    '198.19.254.255',
  ])
  expect(() => addressOf(MOST_ENDPOINTS)).toThrow(RangeError)
})

test('an endpoint that gets another label has another identity, and slices carry it', () => {
  const manifest = endpointManifest(names, 3, 2) as EndpointObject
  const before = endpointState({ ...manifest, metadata: { ...manifest.metadata, namespace: names.namespace } })
  const patch = relabelPatch(names, 3, 2) as { status: { identity: { id: number; labels: string[] } } }
  expect(before.identity).toBe(65_534)
  expect(patch.status.identity.id).toBe(65_532)
  expect(patch.status.identity.labels).toContain('k8s:perf-label=updated')
})

test('a CiliumNode owns it where there is one', () => {
  const owned = endpointManifest({ ...names, owner: { name: 'node-a', uid: 'u' } }, 0, 1) as EndpointObject
  expect(owned.metadata.ownerReferences).toEqual([
    { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', name: 'node-a', uid: 'u' },
  ])
  expect((endpointManifest(names, 0, 1) as EndpointObject).metadata.ownerReferences).toBeUndefined()
})

test('thirty endpoints to an identity, a hundred identities at most', () => {
  expect([1, 30, 31, 300, 100_000].map(groupCount)).toEqual([1, 1, 2, 10, 100])
})
