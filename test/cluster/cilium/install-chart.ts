import { existsSync } from 'node:fs'
import { stringify } from 'yaml'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import type { ApiClient } from '../api-client.ts'
import { ciliumFile } from '../binaries/cilium-files.ts'
import { type BinaryPaths, binaryPath } from '../binaries/obtain-binaries.ts'
import { pinnedVersion } from '../binaries/pinned-binaries.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'
import { systemPath } from '../executables.ts'
import { applyManifests } from '../nodes/add-on.ts'
import { waitFor } from '../processes.ts'
import { mustRun } from '../run-command.ts'
import { chartValues } from './chart-values.ts'

/** The agents compile their datapath while they start, which takes the machine's cores; this ends only what hangs. */
export const ciliumStartMs = 300_000

/** Creates Cilium's objects, as its Helm chart makes them; those that are there stay. */
export async function installChart(state: ClusterState, binaries: BinaryPaths): Promise<void> {
  const folder = clusterFolder(state.name)
  const env = { PATH: systemPath(), HOME: folder }
  const overrides = Object.entries(state.ciliumValues).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const version = ['--kube-version', pinnedVersion('kubernetes'), '--namespace', 'kube-system']
  const manifests = await mustRun(
    binaryPath(binaries, 'helm'),
    ['template', 'cilium', ciliumFile('chart'), ...version, '--values', '-', ...overrides],
    { env, stdin: stringify(chartValues(state)) },
  )
  await applyManifests(state, binaries, withoutMissingFolders(manifests))
}

/** The agent's pod mounts the kernel's modules from the node; where there are none, that would leave an empty folder on this machine. */
function withoutMissingFolders(manifests: string): string {
  if (existsSync('/lib/modules')) return manifests
  const volume = 'path: /lib/modules\n'
  if (!manifests.includes(volume)) throw new PerfError(`Cilium's chart has no volume with ${volume}`)
  return manifests.replace(volume, 'path: /run/no-modules\n')
}

interface Workload {
  readonly status?: { desiredNumberScheduled?: number; numberReady?: number; readyReplicas?: number }
}

/** Waits until an agent is ready on every real node, and the operator too. */
export async function waitForCilium(state: ClusterState, client: ApiClient): Promise<void> {
  const folder = clusterFolder(state.name)
  const status = async (path: string) => {
    const { body } = await client.request('GET', `/apis/apps/v1/namespaces/kube-system/${path}`)
    return (body as Workload).status
  }
  await waitFor(
    folder,
    'node-a/kubelet',
    'the agents of Cilium are ready',
    async () => {
      const { desiredNumberScheduled = 0, numberReady = 0 } = (await status('daemonsets/cilium')) ?? {}
      return desiredNumberScheduled >= state.realNodes && numberReady === desiredNumberScheduled
    },
    ciliumStartMs,
  )
  await waitFor(
    folder,
    'node-a/kubelet',
    'the operator of Cilium is ready',
    async () => ((await status('deployments/cilium-operator'))?.readyReplicas ?? 0) > 0,
    ciliumStartMs,
  )
}
