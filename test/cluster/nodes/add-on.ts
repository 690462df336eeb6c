import { stringify } from 'yaml'
import type { ApiClient } from '../api-client.ts'
import { type BinaryPaths, binaryPath } from '../binaries/obtain-binaries.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'
import { systemPath } from '../executables.ts'
import { kubeconfigFile } from '../kubeconfig-file.ts'
import { waitFor } from '../processes.ts'
import { mustRun } from '../run-command.ts'

const startMs = 180_000

/** Applies the documents of a YAML text, as the administrator of the cluster. */
export async function applyManifests(state: ClusterState, binaries: BinaryPaths, stdin: string): Promise<void> {
  const folder = clusterFolder(state.name)
  const env = { PATH: systemPath(), HOME: folder, KUBECONFIG: kubeconfigFile(folder, 'admin') }
  await mustRun(binaryPath(binaries, 'kubectl'), ['apply', '--server-side', '--filename', '-'], { env, stdin })
}

/** The same with objects. */
export function applyObjects(state: ClusterState, binaries: BinaryPaths, objects: readonly object[]): Promise<void> {
  return applyManifests(state, binaries, objects.map((object) => stringify(object)).join('---\n'))
}

/** Waits until a Deployment or StatefulSet, given by its path, has a pod that is ready. */
export async function waitForReadyPod(
  state: ClusterState,
  client: ApiClient,
  what: string,
  path: string,
): Promise<void> {
  await waitFor(
    clusterFolder(state.name),
    'node-a/kubelet',
    `${what} is ready`,
    async () => {
      const { body } = await client.request('GET', path)
      return ((body as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0) > 0
    },
    startMs,
  )
}
