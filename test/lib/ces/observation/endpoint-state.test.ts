import { expect, test } from 'vitest'
import { endpointState, sliceState } from '../../../../lib/ces/observation/endpoint-state.ts'

const status = {
  encryption: {},
  id: 1000,
  identity: { id: 20001, labels: ['k8s:app=web'] },
  'named-ports': [{ name: 'http', port: 8080, protocol: 'TCP' }],
  networking: { addressing: [{ ipv4: '10.0.0.1' }], node: '10.100.0.1' },
  state: 'ready',
}

test('an endpoint and its entry in a slice carry the same, and the entry is as long as said', () => {
  const endpoint = endpointState({ metadata: { name: 'web-1', namespace: 'shop' }, status })
  const entry = {
    encryption: {},
    id: 20001,
    name: 'web-1',
    'named-ports': [{ name: 'http', port: 8080, protocol: 'TCP' }],
    networking: { addressing: [{ ipv4: '10.0.0.1' }], node: '10.100.0.1' },
  }
  const slice = sliceState({ metadata: { name: 'ces-a' }, namespace: 'shop', endpoints: [entry] })
  expect(endpoint.key).toBe('shop/web-1')
  expect(slice.contents.get('shop/web-1')).toBe(endpoint.content)
  expect(endpoint.entryBytes).toBe(JSON.stringify(entry).length)
})

test('what a slice does not carry is no change of its content', () => {
  const waiting = { ...status, state: 'waiting' }
  const before = endpointState({ metadata: { name: 'a', namespace: 'n' }, status })
  const after = endpointState({
    metadata: { name: 'a', namespace: 'n' },
    status: waiting,
  })
  const moved = endpointState({ metadata: { name: 'a', namespace: 'n' }, status: { ...status, identity: { id: 7 } } })
  expect(after.content).toBe(before.content)
  expect(moved.content).not.toBe(before.content)
})

test('an endpoint without identity or networking is in no slice yet', () => {
  const metadata = { name: 'a', namespace: 'n' }
  expect(endpointState({ metadata }).content).toBeNull()
  expect(endpointState({ metadata, status: { ...status, identity: null } }).content).toBeNull()
  expect(endpointState({ metadata, status: { identity: { id: 1 } } }).content).toBeNull()
})

test('newer versions make entries longer by service account and uid of the pod', () => {
  const metadata = {
    name: 'a',
    namespace: 'n',
    ownerReferences: [{ kind: 'Pod', uid: '0f3c1d2e-0000-4000-8000-000000000000' }],
  }
  const plain = endpointState({ metadata, status }).entryBytes
  const withAccount = endpointState({ metadata, status: { ...status, 'service-account': 'default' } }).entryBytes
  expect(withAccount - plain).toBe(',"service-account":"default"'.length)
  expect(endpointState({ metadata, status }, true).entryBytes - plain).toBe(
    ',"pod-uid":"0f3c1d2e-0000-4000-8000-000000000000"'.length,
  )
})
