import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlPlane } from '../../cluster/control-plane.ts'

const SETTLED_MS = 45_000

/**
 * Waits until CRDs are no longer new: watches on their objects that are opened shortly after their creation, by kubectl as by
 * anybody, stop telling events amid a load (Kubernetes 1.34).
 */
export async function untilCrdsAreOld(cluster: ControlPlane): Promise<void> {
  const crds = JSON.parse(await cluster.kubectl(['get', 'crds', '-o', 'json'])) as {
    items: { metadata: { creationTimestamp: string } }[]
  }
  const newest = Math.max(...crds.items.map(({ metadata }) => Date.parse(metadata.creationTimestamp)))
  await sleep(Math.max(0, newest + SETTLED_MS - Date.now()))
}
