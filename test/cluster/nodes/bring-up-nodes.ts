import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import { clusterAddresses, forwardedApiServer, imageRegistry } from '../addresses.ts'
import type { ApiClient } from '../api-client.ts'
import { type BinaryPaths, binaryPath } from '../binaries/obtain-binaries.ts'
import { replacesKubeProxy } from '../cilium/chart-values.ts'
import { ciliumStartMs, installChart, waitForCilium } from '../cilium/install-chart.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'
import { kubeconfigFile } from '../kubeconfig-file.ts'
import { type NodeReadiness, takesPods } from '../node-readiness.ts'
import { findProcesses, startProcess, waitFor } from '../processes.ts'
import { startCoreDns } from './core-dns.ts'
import { copyFilledStore } from './filled-store.ts'
import { sandboxImage } from './image-definitions.ts'
import { type ImageSet, imageStoreFolder } from './image-store.ts'
import { startMetricsServer } from './metrics-server.ts'
import { blockAddresses, createSwitch, linkNodes, routePods } from './network.ts'
import { containerdSocket, nodeFile, podCidrs, registryHostsFolder, writeNodeConfig } from './node-config.ts'
import { findNetwork, runOnNode, startNodeProcess } from './node-process.ts'
import { type RealNode, realNodes } from './real-node.ts'
import { findCniFolder } from './required-packages.ts'

const initScript = fileURLToPath(new URL('node-init.sh', import.meta.url))
const servicesScript = fileURLToPath(new URL('node-services.ts', import.meta.url))

export type NodeProgram = 'containerd' | 'kubelet' | 'kube-proxy'

/** Starts the real nodes that are missing, and waits until all of them are Ready. */
export async function bringUpNodes(state: ClusterState, binaries: BinaryPaths, client: ApiClient): Promise<void> {
  const nodes = realNodes(state)
  const folder = clusterFolder(state.name)
  const running = new Set((await findProcesses(folder)).map(({ component }) => component))
  const missing = nodes.filter((node) => !running.has(node.name))
  if (missing.length === 0) return
  await startNamespaces(state, missing, running)
  await publishApiServer(state, client)
  if (state.cilium) await installChart(state, binaries)
  await Promise.all(missing.map((node) => startPrograms(state, node, binaries)))
  await Promise.all(missing.map((node) => waitForNode(state, node, client)))
  if (state.cilium) await waitForCilium(state, client)
  if (state.coreDns) await startCoreDns(state, binaries, client)
  if (state.metricsServer) await startMetricsServer(state, binaries, client)
}

/** Starts pid 1 of each new node, and links it with the others and with this machine. */
async function startNamespaces(state: ClusterState, missing: readonly RealNode[], running: Set<string>): Promise<void> {
  const folder = clusterFolder(state.name)
  const hasSwitch = running.has('switch')
  const unshare = ['--net', '--pid', '--fork', '--kill-child']
  if (!hasSwitch) await startProcess(folder, 'switch', 'unshare', [...unshare, 'sleep', 'infinity'])
  const cniFolder = await findCniFolder()
  if (cniFolder === undefined) throw new PerfError('The CNI plugins are missing: npm run cluster -- prepare')
  for (const node of missing) {
    await mkdir(node.folder, { recursive: true })
    if (state.cilium) await copyFilledStore(join(node.folder, 'containerd'))
    const loopback = state.cilium ? join(cniFolder, 'loopback') : ''
    const init = [initScript, state.name, node.name, node.folder, loopback]
    await startProcess(folder, node.name, 'unshare', [...unshare, '--mount', '--uts', '--ipc', ...init])
  }
  const network = await findNetwork(state)
  if (!hasSwitch) await createSwitch(network)
  await blockAddresses(network)
  await linkNodes(
    network,
    network.nodes.filter((node) => missing.some(({ name }) => name === node.name)),
  )
  await routePods(network)
  if (!running.has('node-services')) await startServices(state)
  for (const node of missing) {
    await waitFor(folder, node.name, `${node.name} is set up`, async () => existsSync(nodeFile(node, 'ready')))
  }
}

async function startServices(state: ClusterState): Promise<void> {
  const forward = forwardedApiServer(state.slot)
  const { apiServer } = clusterAddresses(state.slot).ports
  const ports = [apiServer, forward.port, imageRegistry(state.slot).port].map(String)
  const sets: ImageSet[] = [
    'images',
    ...(state.coreDns ? (['dns-images'] as const) : []),
    ...(state.metricsServer ? (['metrics-images'] as const) : []),
    ...(state.prometheus === 'pod' ? (['prometheus-images'] as const) : []),
    ...(state.cilium ? (['cilium-images'] as const) : []),
  ]
  const args = [servicesScript, forward.address, ...ports, ...sets.map(imageStoreFolder)]
  const folder = clusterFolder(state.name)
  await startProcess(folder, 'node-services', process.execPath, args)
  // It listens for the API server's clients first.
  await waitFor(folder, 'node-services', 'the registry answers', async () => {
    return (await fetch(`${imageRegistry(state.slot).url}/v2/`)).ok
  })
}

/** Gives the `kubernetes` Service its endpoint, which the API server cannot know: it listens on 127.0.0.1. */
async function publishApiServer(state: ClusterState, client: ApiClient): Promise<void> {
  const { address, port } = forwardedApiServer(state.slot)
  const { status, body } = await client.request('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  })
  if (status !== 201 && status !== 409)
    throw new Error(`The API server's endpoint was not created: ${JSON.stringify(body)}`)
}

async function startPrograms(state: ClusterState, node: RealNode, binaries: BinaryPaths): Promise<void> {
  const folder = clusterFolder(state.name)
  const cniFolder = await findCniFolder()
  if (cniFolder === undefined) throw new PerfError('The CNI plugins are missing: npm run cluster -- prepare')
  await writeNodeConfig(state, node, cniFolder)
  await startNodeProgram(state, node, 'containerd', binaries)
  if (!state.cilium || !replacesKubeProxy(state)) await startNodeProgram(state, node, 'kube-proxy', binaries)
  const containerd = `${node.name}/containerd`
  // kubelet gives up when no runtime answers, and the first pod should not have to wait for the sandbox's image.
  await waitFor(folder, containerd, 'containerd answers', async () => {
    const { exitCode } = await runOnNode(state, node, ['ctr', '--address', containerdSocket, 'version'])
    return exitCode === 0
  })
  const pull = ['images', 'pull', '--hosts-dir', registryHostsFolder(node), sandboxImage]
  const result = await runOnNode(state, node, ['ctr', '--address', containerdSocket, '--namespace', 'k8s.io', ...pull])
  if (result.exitCode !== 0) throw new PerfError(`${node.name} cannot pull ${sandboxImage}: ${result.stderr}`)
  await startNodeProgram(state, node, 'kubelet', binaries)
}

export async function startNodeProgram(
  state: ClusterState,
  node: RealNode,
  program: NodeProgram,
  binaries: BinaryPaths,
): Promise<void> {
  await startNodeProcess(state, node, program, programCommand(state, node, program, binaries))
}

function programCommand(state: ClusterState, node: RealNode, program: NodeProgram, binaries: BinaryPaths): string[] {
  const folder = clusterFolder(state.name)
  switch (program) {
    case 'containerd':
      return ['containerd', '--config', nodeFile(node, 'containerd.toml')]
    case 'kube-proxy':
      return [binaryPath(binaries, 'kube-proxy'), `--config=${nodeFile(node, 'kube-proxy.yaml')}`]
    case 'kubelet':
      return [
        binaryPath(binaries, 'kubelet'),
        `--config=${nodeFile(node, 'kubelet.yaml')}`,
        `--kubeconfig=${kubeconfigFile(folder, node.name)}`,
        `--hostname-override=${node.name}`,
        `--node-ip=${[node.address, ...(node.ipv6 === undefined ? [] : [node.ipv6.address])].join()}`,
        ...(node.zone === undefined ? [] : [`--node-labels=topology.kubernetes.io/zone=${node.zone}`]),
      ]
  }
}

/** Waits until the node has registered, is Ready and takes pods, and tells the cluster which pod addresses it gives. */
async function waitForNode(state: ClusterState, node: RealNode, client: ApiClient): Promise<void> {
  const folder = clusterFolder(state.name)
  const kubelet = `${node.name}/kubelet`
  const path = `/api/v1/nodes/${node.name}`
  await waitFor(
    folder,
    kubelet,
    `${node.name} registers`,
    async () => (await client.request('GET', path)).status === 200,
  )
  const podCidr = { spec: { podCIDR: node.podCidr, podCIDRs: podCidrs(node) } }
  const { status, body } = await client.request('PATCH', path, podCidr)
  if (status !== 200) throw new Error(`${node.name} did not get its pod CIDR: ${JSON.stringify(body)}`)
  await waitFor(
    folder,
    kubelet,
    `${node.name} is Ready`,
    async () => takesPods((await client.request('GET', path)).body as NodeReadiness),
    state.cilium ? ciliumStartMs : undefined,
  )
}
