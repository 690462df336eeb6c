import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { adminClient } from './api-client.ts'
import { type BinaryPaths, binaryPath, obtainBinaries, tiersFor } from './binaries/obtain-binaries.ts'
import { bringUp, startComponent, waitForApiServer } from './bring-up.ts'
import { certificateFile } from './certificates.ts'
import {
  type CiliumMapSizes,
  type ClusterState,
  clusterFolder,
  createClusterFolder,
  readState,
  writeState,
} from './cluster-folder.ts'
import { type Component, isControlPlaneComponent } from './components.ts'
import { apiServerAddresses, createUser, serverUrl } from './credentials.ts'
import { whenThereIsRoom } from './inotify-room.ts'
import { kubeconfigFile } from './kubeconfig-file.ts'
import { type NodeProgram, startNodeProgram } from './nodes/bring-up-nodes.ts'
import type { LinkShape } from './nodes/link-shape.ts'
import { runOnNode } from './nodes/node-process.ts'
import { prepareNodes } from './nodes/prepare-nodes.ts'
import { realNode } from './nodes/real-node.ts'
import { shapeLink } from './nodes/shape-links.ts'
import { killProcesses, processIds, signalProcesses } from './processes.ts'
import { type Report, reportToStderr } from './progress.ts'
import { ensurePrometheus, type PrometheusPlace } from './prometheus/ensure-prometheus.ts'
import { prometheusUrl } from './prometheus/prometheus-config.ts'
import { type CommandResult, runCommand } from './run-command.ts'
import { stopCluster } from './stop-cluster.ts'
import { startWatchdog } from './watchdog.ts'

export interface ControlPlaneOptions {
  /** Fake nodes, whose pods become Ready at once. */
  readonly kwokNodes?: number
  /** How many pods each fake node takes. */
  readonly podsPerNode?: number
  /** Nodes with a kubelet and containers: `node-a`, `node-b`, … Needs root; the fake nodes get kwok's taint. */
  readonly realNodes?: number
  /** For real nodes that take another number of pods than 110: `{ 'node-b': 20 }`. */
  readonly maxPods?: Readonly<Record<string, number>>
  /** For real nodes in a zone: `{ 'node-a': 'zone-1' }`. */
  readonly zones?: Readonly<Record<string, string>>
  /** For real nodes that register with taints: `{ 'node-b': ['dedicated=db:NoSchedule'] }`. */
  readonly taints?: Readonly<Record<string, readonly string[]>>
  /** Of the real nodes' and their pods' interfaces; 1500 when absent. */
  readonly mtuBytes?: number
  /** Real nodes, their pods and Services get IPv6 addresses too. */
  readonly dualStack?: boolean
  /** Services of type LoadBalancer get an address. */
  readonly loadBalancer?: boolean
  /** After so long, as in a cloud; at once when absent. */
  readonly loadBalancerDelayMs?: number
  /** The real nodes' pods can ask for the names of Services: CoreDNS runs as kubeadm has it. */
  readonly coreDns?: boolean
  /** metrics.k8s.io has figures of the real nodes: metrics-server runs there. */
  readonly metricsServer?: boolean
  /**
   * A Prometheus that scrapes the cluster: a `process` at `prometheusUrl` that scrapes the control plane too, or a `pod` on a
   * real node with the Services of kube-prometheus-stack.
   */
  readonly prometheus?: PrometheusPlace
  /**
   * That many real nodes, whose network is Cilium's: the agent runs as the DaemonSet `cilium` in kube-system, and the operator
   * makes CiliumEndpointSlices.
   */
  readonly ciliumAgents?: number
  /** Values of Cilium's chart in place of the rig's, as `helm --set` takes them: `{ routingMode: 'tunnel' }`. */
  readonly ciliumValues?: Readonly<Record<string, string>>
  /** Maps of some hundred entries, or `dynamic`: as many as the chart makes of the machine's memory. */
  readonly ciliumMaps?: CiliumMapSizes
  /** Cilium's operator as a process of the control plane, without nodes: it makes CiliumEndpointSlices of CiliumEndpoints. */
  readonly ciliumOperator?: boolean
  /** How many CiliumEndpointSlices the operator may write in a second, 10 when absent; in a burst, twice as many. */
  readonly cesWritesPerSecond?: number
  /** A second API server with the same etcd: `cluster.server` is then a balancer that hands out connections in turn. */
  readonly secondApiServer?: boolean
  /** Flags added to the API server's, such as `--max-requests-inflight=10`. */
  readonly apiServerFlags?: readonly string[]
  /** Told what takes long: the first build of the binaries. */
  readonly report?: Report
}

/** A process of the control plane, or of a real node: `node-a/kubelet`. */
export type ClusterComponent = Component | `${string}/${NodeProgram}`

/** A running cluster. */
export interface ControlPlane {
  readonly name: string
  /** Holds everything that the cluster writes; gone when it is. */
  readonly folder: string
  readonly server: string
  /** Where each API server answers itself: `127.0.0.1:21002`. */
  readonly apiServers: readonly string[]
  /** Where a Prometheus beside the control plane answers. */
  readonly prometheusUrl: string
  readonly caFile: string
  /** Of an administrator. */
  readonly kubeconfig: string
  /** Of the user `restricted`, who may do nothing until a test grants it. */
  readonly restrictedKubeconfig: string
  readonly kubectlPath: string
  /** What a kubectl needs in its environment to talk to this cluster. */
  readonly environment: Readonly<Record<'KUBECONFIG' | 'KUBECACHEDIR', string>>
  /** Makes a user without rights and gives the path of its kubeconfig: tests that run side by side each grant to their own. */
  createUser(user: string, groups?: readonly string[]): Promise<string>
  /** Runs the real kubectl as the administrator and gives its stdout; throws with its stderr when it fails. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>
  /** The same, but a failure is a result. */
  tryKubectl(args: readonly string[], options?: KubectlOptions): Promise<CommandResult>
  processIds(component: ClusterComponent): Promise<number[]>
  /** `SIGSTOP` makes a component hang, `SIGCONT` lets it go on. */
  signal(component: ClusterComponent, signal: NodeJS.Signals): Promise<void>
  /** Kills a component and waits until it is gone. */
  stop(component: ClusterComponent): Promise<void>
  /** Starts a component that was stopped. */
  start(component: ClusterComponent): Promise<void>
  /** Runs a program inside a real node, such as `['ctr', '-n', 'k8s.io', 'images', 'ls']`. */
  runOnNode(node: string, command: readonly string[]): Promise<CommandResult>
  /** Makes the link between a real node and the others slow, lossy, … as told, in place of what it was before. */
  shapeLink(node: string, shape: LinkShape): Promise<void>
  /** Gives the link back all that it can do. */
  clearLink(node: string): Promise<void>
  /** Kills the API server and starts it again, with other added flags if given; gives back when it is ready. */
  restartApiServer(apiServerFlags?: readonly string[]): Promise<void>
}

export interface KubectlOptions {
  readonly stdin?: string
  /** Instead of the administrator's. */
  readonly kubeconfig?: string
  /** Put in front of PATH: where kubectl looks for plugins. */
  readonly pluginFolder?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/**
 * Starts a control plane of its own for a test, and removes it when it is disposed of or when this process ends. Takes some
 * 6 s once the binaries are there; the first time of all they are built.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane & AsyncDisposable> {
  const { report = reportToStderr, kwokNodes = 0, ciliumAgents = 0, podsPerNode = 110, ...others } = options
  const realNodes = Math.max(ciliumAgents, options.realNodes ?? 0)
  const cilium = ciliumAgents > 0
  const { ciliumOperator = false, coreDns = false, metricsServer = false, dualStack = false } = options
  const { prometheus = 'none' } = options
  const binaries = await obtainBinaries(tiersFor({ realNodes, coreDns, metricsServer, cilium, ciliumOperator }), report)
  if (prometheus === 'pod' && realNodes === 0) throw new PerfError('Prometheus as a pod needs a real node')
  const onNodes = { dualStack, cilium, coreDns, metricsServer, prometheus: prometheus === 'pod' }
  if (realNodes > 0) await prepareNodes(onNodes, binaries, report)
  if (prometheus === 'process') await ensurePrometheus(report)
  const state = await createClusterFolder({
    ...others,
    name: `test-${randomBytes(4).toString('hex')}`,
    podsPerNode,
    realNodes,
    cilium,
  })
  const watchdog = startWatchdog(state.name)
  const remove = async () => {
    await stopCluster(state.name)
    watchdog.dismiss()
  }
  try {
    await whenThereIsRoom(state, () => bringUp(state, kwokNodes, binaries))
  } catch (error) {
    const logs = await keepLogs(state.name)
    await remove()
    throw new PerfError(error instanceof Error ? error.message : String(error), {
      cause: error,
      advice: [...(error instanceof PerfError ? error.advice : []), `See the logs of all its processes in ${logs}`],
    })
  }
  return { ...controlPlane(state, binaries), [Symbol.asyncDispose]: remove }
}

/** Gives a hold on a cluster that another process started. */
export async function attachControlPlane(name: string): Promise<ControlPlane> {
  const state = await readState(name)
  return controlPlane(state, await obtainBinaries(tiersFor(state), reportToStderr))
}

/** Copies the logs to where they outlive the cluster, and gives that folder. */
export async function keepLogs(name: string): Promise<string> {
  const kept = `${clusterFolder(name)}-logs`
  const logs = `${clusterFolder(name)}/logs`
  // A cluster that failed before its first process has none.
  if (existsSync(logs)) await cp(logs, kept, { recursive: true })
  return kept
}

function controlPlane(initial: ClusterState, binaries: BinaryPaths): ControlPlane {
  const folder = clusterFolder(initial.name)
  const server = serverUrl(initial)
  const kubeconfig = kubeconfigFile(folder, 'admin')
  // kubectl caches an API server's resources by its address, and the next cluster may have the same.
  const environment = { KUBECONFIG: kubeconfig, KUBECACHEDIR: `${folder}/kubectl-cache` }
  const kubectlPath = binaryPath(binaries, 'kubectl')
  const tryKubectl = (args: readonly string[], options: KubectlOptions = {}) =>
    runCommand(kubectlPath, args, {
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      timeoutMs: options.timeoutMs ?? 60_000,
      env: {
        PATH: [options.pluginFolder, process.env.PATH].filter(Boolean).join(':'),
        HOME: folder,
        ...environment,
        ...(options.kubeconfig === undefined ? {} : { KUBECONFIG: options.kubeconfig }),
        ...options.env,
      },
    })
  const ready = async () => {
    const client = adminClient(folder, server)
    try {
      await waitForApiServer(initial, client)
    } finally {
      client.close()
    }
  }
  return {
    name: initial.name,
    folder,
    server,
    apiServers: apiServerAddresses(initial),
    prometheusUrl: prometheusUrl(initial.slot),
    caFile: certificateFile(folder, 'ca'),
    kubeconfig,
    restrictedKubeconfig: kubeconfigFile(folder, 'restricted'),
    kubectlPath,
    environment,
    createUser: (user, groups) => createUser(initial, user, groups === undefined ? { user } : { user, groups }),
    tryKubectl,
    async kubectl(args, options) {
      const result = await tryKubectl(args, options)
      if (result.exitCode === 0) return result.stdout
      throw new Error(`kubectl ${args.join(' ')} exited with ${result.exitCode}: ${result.stderr.trimEnd()}`)
    },
    processIds: (component) => processIds(folder, component),
    async signal(component, signal) {
      if ((await signalProcesses(folder, signal, component)).length === 0)
        throw new Error(`${component} is not running`)
    },
    stop: (component) => killProcesses(folder, component),
    async start(component) {
      const state = await readState(initial.name)
      if (isControlPlaneComponent(component)) {
        await startComponent(state, component, binaries)
      } else {
        const [node = '', program = ''] = component.split('/')
        await startNodeProgram(state, realNode(state, node), program as NodeProgram, binaries)
      }
    },
    async runOnNode(node, command) {
      const state = await readState(initial.name)
      return runOnNode(state, realNode(state, node), command)
    },
    shapeLink: (node, shape) => shapeLink(initial.name, node, shape),
    clearLink: (node) => shapeLink(initial.name, node, undefined),
    async restartApiServer(apiServerFlags) {
      await killProcesses(folder, 'kube-apiserver')
      const state = await readState(initial.name)
      const changed = apiServerFlags === undefined ? state : { ...state, apiServerFlags }
      await writeState(changed)
      await startComponent(changed, 'kube-apiserver', binaries)
      await ready()
    },
  }
}
