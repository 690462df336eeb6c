import { PerfError, UsageError } from '../../lib/errors/perf-error.ts'
import { ensureForeignPrograms } from '../build/foreign-programs.ts'
import { obtainBinaries, tiersFor } from './binaries/obtain-binaries.ts'
import { bringUp } from './bring-up.ts'
import {
  type ClusterState,
  clusterExists,
  clusterFolder,
  createClusterFolder,
  readState,
  writeState,
} from './cluster-folder.ts'
import { serverUrl } from './credentials.ts'
import { exclusively } from './exclusive.ts'
import { kubeconfigFile } from './kubeconfig-file.ts'
import { type Options, readOptions } from './main-options.ts'
import { requireIpv6 } from './nodes/ipv6-support.ts'
import { prepareNodes } from './nodes/prepare-nodes.ts'
import { shapeLink } from './nodes/shape-links.ts'
import { findProcesses } from './processes.ts'
import { reportToStderr } from './progress.ts'
import { ensurePrometheus } from './prometheus/ensure-prometheus.ts'
import { clusterLock, stopCluster } from './stop-cluster.ts'

async function up(options: Options): Promise<void> {
  const startedAt = Date.now()
  const { name, kwokNodes, podsPerNode } = options
  await exclusively(clusterLock(name), async () => {
    const existing = clusterExists(name) ? await readState(name) : undefined
    const realNodes = Math.max(options.realNodes, existing?.realNodes ?? 0)
    const cilium = options.cilium || existing?.cilium === true
    const ciliumOperator = options.ciliumOperator || existing?.ciliumOperator === true
    const coreDns = options.coreDns || existing?.coreDns === true
    const metricsServer = options.metricsServer || existing?.metricsServer === true
    const tiers = tiersFor({ realNodes, coreDns, metricsServer, cilium, ciliumOperator })
    const binaries = await obtainBinaries(tiers, reportToStderr)
    const prometheus = options.prometheus ?? existing?.prometheus ?? 'none'
    if (prometheus === 'pod' && realNodes === 0) throw new UsageError('--prometheus pod: only with --real-nodes')
    if (prometheus === 'process') await ensurePrometheus(reportToStderr)
    const dualStack = options.dualStack || existing?.dualStack === true
    const onNodes = { dualStack, cilium, coreDns, metricsServer, prometheus: prometheus === 'pod' }
    if (realNodes > 0) await prepareNodes(onNodes, binaries, reportToStderr)
    const wanted = {
      name,
      podsPerNode,
      realNodes,
      maxPods: { ...existing?.maxPods, ...options.maxPods },
      zones: { ...existing?.zones, ...options.zones },
      taints: { ...existing?.taints, ...options.taints },
      mtuBytes: options.linkMtuBytes ?? existing?.mtuBytes ?? 1500,
      dualStack,
      loadBalancer: options.loadBalancer || existing?.loadBalancer === true,
      loadBalancerDelayMs: options.loadBalancerDelayMs ?? existing?.loadBalancerDelayMs ?? 0,
      secondApiServer: options.secondApiServer || existing?.secondApiServer === true,
      coreDns,
      metricsServer,
      prometheus,
      cilium,
      ciliumValues: { ...existing?.ciliumValues, ...options.ciliumValues },
      ciliumMaps: options.ciliumMaps ?? existing?.ciliumMaps ?? 'small',
      ciliumOperator,
      cesWritesPerSecond: options.cesWritesPerSecond ?? existing?.cesWritesPerSecond ?? 10,
    }
    if (existing !== undefined) checkChange(existing, wanted)
    const state = existing ? { ...existing, ...wanted } : await createClusterFolder(wanted)
    await writeState(state)
    await bringUp(state, kwokNodes, binaries)
  })
  const kubeconfig = kubeconfigFile(clusterFolder(options.name), 'admin')
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  reportToStderr(`Cluster ${options.name} is up after ${seconds} s. To use it:\n  export KUBECONFIG=${kubeconfig}`)
}

/** Refuses what a running cluster cannot become. */
function checkChange(
  existing: ClusterState,
  wanted: Omit<ClusterState, 'slot' | 'startedAt' | 'links' | 'apiServerFlags'>,
): void {
  const network = ({
    dualStack,
    mtuBytes,
    cilium,
    coreDns,
    metricsServer,
    prometheus,
    secondApiServer,
  }: typeof wanted) => [
    // Kubeconfigs name the address of the balancer.
    secondApiServer,
    dualStack,
    mtuBytes,
    ...(existing.realNodes > 0 ? [cilium, coreDns, metricsServer, prometheus === 'pod'] : []),
  ]
  const settings = ({ ciliumValues, ciliumMaps, cesWritesPerSecond }: typeof wanted) => [
    ciliumValues,
    ciliumMaps,
    cesWritesPerSecond,
  ]
  const differ = (of: (state: typeof wanted) => unknown) => JSON.stringify(of(existing)) !== JSON.stringify(of(wanted))
  const hasCilium = existing.cilium || existing.ciliumOperator
  const hasTwoOperators = wanted.cilium && wanted.ciliumOperator
  if (!differ(network) && !(hasCilium && differ(settings)) && !hasTwoOperators) return
  throw new PerfError(
    `Cluster ${existing.name} is up with another network: --second-api-server, --dual-stack, --link-mtu, --core-dns, --metrics-server, --prometheus pod or what belongs to Cilium`,
    {
      advice: [`Take it down first: npm run cluster -- down --name ${existing.name}`],
    },
  )
}

async function down(options: Options): Promise<void> {
  await stopCluster(options.name)
  reportToStderr(`Cluster ${options.name} is down`)
}

async function status(options: Options): Promise<void> {
  await requireCluster(options.name)
  const state = await readState(options.name)
  const processes = await findProcesses(clusterFolder(options.name))
  const components = new Set(processes.map(({ component }) => component))
  const lines = [
    `name:        ${state.name}`,
    `server:      ${serverUrl(state)}`,
    `started:     ${state.startedAt}`,
    `kubeconfig:  ${kubeconfigFile(clusterFolder(state.name), 'admin')}`,
    `processes:   ${[...components].join(', ') || 'none'}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function kubeconfig(options: Options): Promise<void> {
  await requireCluster(options.name)
  process.stdout.write(`${kubeconfigFile(clusterFolder(options.name), 'admin')}\n`)
}

async function shape(options: Options): Promise<void> {
  await requireCluster(options.name)
  await shapeLink(options.name, options.node, options.link)
}

async function prepare(): Promise<void> {
  try {
    await ensureForeignPrograms(reportToStderr)
  } catch (error) {
    if (!(error instanceof PerfError)) throw error
    reportToStderr(['warning: executables of other platforms cannot be tested', error.message].join('\n  '))
  }
  const all = { realNodes: 1, coreDns: true, metricsServer: true, cilium: true, ciliumOperator: true }
  const binaries = await obtainBinaries(tiersFor(all), reportToStderr)
  const addOns = { coreDns: true, metricsServer: true, prometheus: true }
  const nodes = (cilium: boolean) => prepareNodes({ dualStack: false, cilium, ...addOns }, binaries, reportToStderr)
  if (!(await succeeds('no real nodes', () => nodes(false)))) return
  await succeeds('no nodes with IPv6', async () => requireIpv6())
  await succeeds('no nodes with Cilium', () => nodes(true))
}

/** All that needs no such node can go on without; the tests that do need one fail with the same words. */
async function succeeds(otherwise: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof PerfError)) throw error
    reportToStderr([`warning: there will be ${otherwise}`, error.message, ...error.advice].join('\n  '))
    return false
  }
}

async function requireCluster(name: string): Promise<void> {
  if (clusterExists(name)) return
  throw new PerfError(`There is no cluster ${name}`, { advice: ['Start it: npm run cluster -- up'] })
}

const commands: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  up,
  down,
  status,
  kubeconfig,
  shape,
  prepare,
}

try {
  const options = readOptions(process.argv.slice(2), Object.keys(commands))
  await commands[options.command]?.(options)
} catch (error) {
  if (!(error instanceof PerfError)) throw error
  process.stderr.write([`error: ${error.message}`, ...error.advice, ''].join('\n'))
  process.exitCode = error instanceof UsageError ? 2 : 1
}
