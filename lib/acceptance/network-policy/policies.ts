import { collectionPath, type Resource } from '../../run/resource.ts'
import { objectName } from '../../run/run-scope.ts'
import type { Room } from '../probe/measure-in-scope.ts'
import { ROLE_LABEL, SERVER_PORT } from '../probe/probe-pods.ts'

export const NETWORK_POLICIES: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  resource: 'networkpolicies',
  namespaced: true,
  ownsPods: false,
}

/** The server that policies select, and one that none does, to see that traffic flows. */
export const GUARDED = 'guarded'
export const CONTROL = 'control'

/** `deny`: nobody reaches the guarded server; `allow`: clients do. Each selects pods of this run alone. */
export type PolicyName = 'deny' | 'allow'

function policyManifest({ scope }: Room, name: PolicyName): object {
  const pods = (role: string) => ({ matchLabels: { ...scope.labels, [ROLE_LABEL]: role } })
  const rule = { from: [{ podSelector: pods('client') }], ports: [{ protocol: 'TCP', port: SERVER_PORT }] }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: objectName(scope, name), labels: scope.labels },
    spec: { podSelector: pods(GUARDED), policyTypes: ['Ingress'], ingress: name === 'allow' ? [rule] : [] },
  }
}

/** @returns when the request was sent, in ms of the monotonic clock */
export async function createPolicy(room: Room, name: PolicyName): Promise<number> {
  const sentMs = performance.now()
  await room.client.create(collectionPath(NETWORK_POLICIES, room.namespace), policyManifest(room, name), {
    signal: room.lateSignal,
  })
  return sentMs
}

/** @returns when the request was sent, in ms of the monotonic clock */
export async function deletePolicy(room: Room, name: PolicyName): Promise<number> {
  const sentMs = performance.now()
  const path = `${collectionPath(NETWORK_POLICIES, room.namespace)}/${objectName(room.scope, name)}`
  await room.client.delete(path, { signal: room.signal })
  return sentMs
}
