import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { clusterAddresses } from './addresses.ts'
import { type ApiClient, adminClient } from './api-client.ts'
import { type BinaryPaths, binaryPath } from './binaries/obtain-binaries.ts'
import { publishOperatorSettings, waitForOperator } from './cilium/operator.ts'
import { type ClusterState, clusterFolder } from './cluster-folder.ts'
import { type Component, componentArgs, componentBinary } from './components.ts'
import { apiServerAddresses, createCredentials, serverUrl } from './credentials.ts'
import { kubeconfigFile } from './kubeconfig-file.ts'
import { createKwokNodes, taintKwokNodes, waitForKwokNodes, writeKwokConfig } from './kwok-nodes.ts'
import { waitForNodeMonitor } from './node-readiness.ts'
import { bringUpNodes } from './nodes/bring-up-nodes.ts'
import { findProcesses, startProcess, waitFor } from './processes.ts'
import { startPrometheus } from './prometheus/start-prometheus.ts'

const apiBalancerScript = fileURLToPath(new URL('api-balancer.ts', import.meta.url))
const loadBalancerScript = fileURLToPath(new URL('load-balancer.ts', import.meta.url))

/** Starts what is missing of a cluster, with at least `kwokNodes` fake nodes, and waits until all of it works. */
export async function bringUp(state: ClusterState, kwokNodes: number, binaries: BinaryPaths): Promise<void> {
  const folder = clusterFolder(state.name)
  if (!existsSync(kubeconfigFile(folder, 'admin'))) await createCredentials(state)
  const running = new Set((await findProcesses(folder)).map(({ component }) => component))
  const start = async (component: Component) => {
    if (!running.has(component)) await startComponent(state, component, binaries)
  }
  await start('etcd')
  await waitForEtcd(state)
  await start('kube-apiserver')
  if (state.secondApiServer) {
    await start('kube-apiserver-2')
    if (!running.has('api-balancer'))
      await startProcess(folder, 'api-balancer', process.execPath, [apiBalancerScript, state.name])
    await waitForEachApiServer(state)
  }
  const client = adminClient(folder, serverUrl(state))
  try {
    await waitForApiServer(state, client)
    await Promise.all([start('kube-controller-manager'), start('kube-scheduler')])
    if (kwokNodes > 0) {
      await writeKwokConfig(folder)
      await start('kwok')
      await createKwokNodes(client, kwokNodes, state.podsPerNode)
    }
    if (state.ciliumOperator) {
      await publishOperatorSettings(state, client)
      await start('cilium-operator')
    }
    if (state.realNodes > 0) {
      await taintKwokNodes(client)
      await bringUpNodes(state, binaries, client)
      if (state.loadBalancer && !running.has('load-balancer'))
        await startProcess(folder, 'load-balancer', process.execPath, [loadBalancerScript, state.name])
    }
    await waitForControllers(state, client)
    await waitForKwokNodes(client)
    if (kwokNodes > 0 || state.realNodes > 0) await waitForNodeMonitor(state, client)
    if (state.ciliumOperator) await waitForOperator(state, client)
    if (state.prometheus !== 'none' && !running.has('prometheus')) await startPrometheus(state, binaries, client)
  } finally {
    client.close()
  }
}

export async function startComponent(state: ClusterState, component: Component, binaries: BinaryPaths): Promise<void> {
  await startProcess(
    clusterFolder(state.name),
    component,
    binaryPath(binaries, componentBinary(component)),
    componentArgs(component, state),
  )
}

/** An API server ends when etcd has not answered it for 20 s, which on a busy machine it may need before it listens. */
async function waitForEtcd({ name, slot }: ClusterState): Promise<void> {
  const { etcd } = clusterAddresses(slot).ports
  const takesConnections = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(etcd, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false)).once('connect', () => socket.destroy())
    })
  await waitFor(clusterFolder(name), 'etcd', 'etcd takes connections', takesConnections)
}

/** The balancer would let the one answer that is ready. */
async function waitForEachApiServer(state: ClusterState): Promise<void> {
  for (const address of apiServerAddresses(state)) {
    const client = adminClient(clusterFolder(state.name), `https://${address}`)
    try {
      await waitForApiServer(state, client)
    } finally {
      client.close()
    }
  }
}

/** Waits for `/readyz`. The client trusts this cluster's own authority alone, so no other server can answer. */
export async function waitForApiServer(state: ClusterState, client: ApiClient): Promise<void> {
  await waitFor(clusterFolder(state.name), 'kube-apiserver', 'the API server answers /readyz', async () => {
    return (await client.request('GET', '/readyz')).status === 200
  })
}

/** Pods can be created once the default service account is there, and get a node once the scheduler is healthy. */
async function waitForControllers(state: ClusterState, client: ApiClient): Promise<void> {
  const folder = clusterFolder(state.name)
  await waitFor(folder, 'kube-controller-manager', 'the default service account is there', async () => {
    const { status } = await client.request('GET', '/api/v1/namespaces/default/serviceaccounts/default')
    return status === 200
  })
  const scheduler = adminClient(folder, `https://127.0.0.1:${clusterAddresses(state.slot).ports.scheduler}`)
  try {
    await waitFor(folder, 'kube-scheduler', 'the scheduler answers /readyz', async () => {
      return (await scheduler.request('GET', '/readyz')).status === 200
    })
  } finally {
    scheduler.close()
  }
}
