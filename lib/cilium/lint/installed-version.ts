import type { KubeClient } from '../../kube/client.ts'
import { type CiliumVersion, versionOfImage } from '../cilium-version.ts'

interface DaemonSet {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } }
}

interface Container {
  readonly name: string
  readonly image: string
}

const AGENT = 'cilium-agent'

/**
 * The version of Cilium that a cluster runs, by the image of its agents; the oldest of several, undefined where there
 * are none or their image names no version.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function readInstalledVersion(
  client: KubeClient,
  signal: AbortSignal,
): Promise<CiliumVersion | undefined> {
  const { items } = await client.list<DaemonSet>('/apis/apps/v1/daemonsets', {
    labelSelector: 'k8s-app=cilium',
    signal,
  })
  const versions = items
    .flatMap(({ spec }) => spec.template.spec.containers)
    .filter(({ name }) => name === AGENT)
    .flatMap(({ image }) => versionOfImage(image) ?? [])
  return versions.sort((a, b) => a.minor - b.minor)[0]
}
