import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clusterAddresses } from '../addresses.ts'
import type { ApiClient } from '../api-client.ts'
import type { BinaryPaths } from '../binaries/obtain-binaries.ts'
import { certificateFile } from '../certificates.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'
import { apiServerAddresses } from '../credentials.ts'
import { findProgram } from '../executables.ts'
import { applyObjects, waitForReadyPod } from '../nodes/add-on.ts'
import { startProcess, waitFor } from '../processes.ts'
import {
  prometheusAccount,
  prometheusConfig,
  prometheusNames,
  prometheusToken,
  prometheusUrl,
} from './prometheus-config.ts'
import { prometheusObjects } from './prometheus-pod.ts'

/** Starts the cluster's Prometheus where its state says, and waits until it answers. */
export async function startPrometheus(state: ClusterState, binaries: BinaryPaths, client: ApiClient): Promise<void> {
  if (state.prometheus === 'pod') {
    await applyObjects(state, binaries, [...prometheusAccount(), ...prometheusObjects(state)])
    const { namespace, name } = prometheusNames
    const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets/prometheus-${name}`
    await waitForReadyPod(state, client, 'Prometheus', path)
  } else {
    await applyObjects(state, binaries, prometheusAccount())
    await startAsProcess(state, await prometheusToken(client))
  }
}

async function startAsProcess(state: ClusterState, token: string): Promise<void> {
  const folder = clusterFolder(state.name)
  const own = join(folder, 'prometheus')
  const { ports } = clusterAddresses(state.slot)
  await mkdir(own, { recursive: true })
  const tokenFile = join(own, 'token')
  await writeFile(tokenFile, token, { mode: 0o600 })
  const config = prometheusConfig(state, {
    apiServers: apiServerAddresses(state),
    tokenFile,
    caFile: certificateFile(folder, 'ca'),
    components: [
      { job: 'kube-controller-manager', address: `127.0.0.1:${ports.controllerManager}` },
      { job: 'kube-scheduler', address: `127.0.0.1:${ports.scheduler}` },
    ],
  })
  await writeFile(join(own, 'prometheus.yml'), config)
  await startProcess(folder, 'prometheus', (await findProgram('prometheus')) ?? 'prometheus', [
    `--config.file=${join(own, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(own, 'data')}`,
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
  ])
  await waitFor(folder, 'prometheus', 'Prometheus is ready', async () => {
    return (await fetch(`${prometheusUrl(state.slot)}/-/ready`)).ok
  })
}
