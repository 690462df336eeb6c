import { inject } from 'vitest'
import { attachControlPlane, type ControlPlane } from './control-plane.ts'

/**
 * The control plane that all `*.cluster.test.ts` share, with five fake nodes. Each test works in namespaces and with users of its
 * own, and leaves the control plane's processes alone.
 */
export function sharedCluster(): Promise<ControlPlane> {
  return attachControlPlane(inject('clusterName'))
}
