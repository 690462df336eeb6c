import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { clusterAddresses, slotCount } from './addresses.ts'
import { exclusively } from './exclusive.ts'
import type { LinkShapes } from './nodes/link-shape.ts'
import type { PrometheusPlace } from './prometheus/ensure-prometheus.ts'

export type CiliumMapSizes = 'small' | 'dynamic'

/** What is known of a cluster beyond its processes; written to `state.json` in its folder. */
export interface ClusterState {
  readonly name: string
  readonly slot: number
  readonly startedAt: string
  readonly podsPerNode: number
  readonly realNodes: number
  /** For real nodes that take another number of pods than 110: `{ "node-b": 20 }`. */
  readonly maxPods: Readonly<Record<string, number>>
  /** The zone of real nodes that are in one: `{ "node-a": "zone-1" }`. */
  readonly zones: Readonly<Record<string, string>>
  /** Taints with which real nodes register: `{ "node-b": ["dedicated=db:NoSchedule"] }`. */
  readonly taints: Readonly<Record<string, readonly string[]>>
  /** Of the real nodes' and their pods' interfaces. */
  readonly mtuBytes: number
  /** Whether real nodes, their pods and Services have IPv6 addresses too. */
  readonly dualStack: boolean
  /** Whether Services of type LoadBalancer get an address. */
  readonly loadBalancer: boolean
  /** So long it takes until they do. */
  readonly loadBalancerDelayMs: number
  /** Whether CoreDNS runs on the real nodes. */
  readonly coreDns: boolean
  /** Whether metrics-server runs on the real nodes. */
  readonly metricsServer: boolean
  readonly prometheus: PrometheusPlace
  /** Whether the real nodes' network is Cilium's, with an agent on each and the operator. */
  readonly cilium: boolean
  /** Values of Cilium's chart in place of the rig's, as `helm --set` takes them: `{ "routingMode": "tunnel" }`. */
  readonly ciliumValues: Readonly<Record<string, string>>
  /** Maps of some hundred entries, or as many as the chart makes of the machine's memory. */
  readonly ciliumMaps: CiliumMapSizes
  /** Whether the operator of Cilium runs alone, without nodes. */
  readonly ciliumOperator: boolean
  /** How many CiliumEndpointSlices the operator may write in a second. */
  readonly cesWritesPerSecond: number
  /** The links of real nodes that are not as good as they could be. */
  readonly links: LinkShapes
  /** Whether a second API server stands beside the first, both behind one address. */
  readonly secondApiServer: boolean
  /** Flags of the API server beyond the rig's own. */
  readonly apiServerFlags: readonly string[]
}

const ordinary = {
  maxPods: {},
  zones: {},
  taints: {},
  mtuBytes: 1500,
  dualStack: false,
  loadBalancer: false,
  loadBalancerDelayMs: 0,
  coreDns: false,
  metricsServer: false,
  prometheus: 'none',
  cilium: false,
  ciliumValues: {},
  ciliumMaps: 'small',
  ciliumOperator: false,
  cesWritesPerSecond: 10,
  links: {},
  secondApiServer: false,
  apiServerFlags: [],
} satisfies Partial<ClusterState>

/** What a new cluster is to be; the rest is as ordinary as can be. */
export type NewCluster = Pick<ClusterState, 'name' | 'podsPerNode' | 'realNodes'> &
  Partial<Omit<ClusterState, 'slot' | 'startedAt'>>

/** The folder that holds one folder for each running cluster of this user. */
function clustersRoot(): string {
  return join(tmpdir(), `kubectl-perf-${process.getuid?.()}`)
}

/** Everything that a cluster writes lies here, and goes with it. */
export function clusterFolder(name: string): string {
  return join(clustersRoot(), name)
}

/** A name that belongs to this checkout: two clones of the project have two clusters. */
export function defaultClusterName(): string {
  const checkout = fileURLToPath(new URL('../..', import.meta.url))
  const readable = basename(checkout)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '-')
    .slice(0, 30)
  return `${readable}-${createHash('sha256').update(checkout).digest('hex').slice(0, 6)}`
}

export function clusterExists(name: string): boolean {
  return existsSync(join(clusterFolder(name), 'state.json'))
}

export async function readState(name: string): Promise<ClusterState> {
  const text = await readFile(join(clusterFolder(name), 'state.json'), 'utf8')
  return { ...ordinary, ...(JSON.parse(text) as ClusterState) }
}

export async function writeState(state: ClusterState): Promise<void> {
  const file = join(clusterFolder(state.name), 'state.json')
  await writeFile(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`)
  await rename(`${file}.new`, file)
}

/** Makes the folder of a new cluster and takes a free slot for it. */
export async function createClusterFolder(fields: NewCluster): Promise<ClusterState> {
  await mkdir(clustersRoot(), { recursive: true, mode: 0o700 })
  const root = await stat(clustersRoot())
  if (root.uid !== process.getuid?.()) throw new PerfError(`${clustersRoot()} belongs to another user`)
  return exclusively('slots', async () => {
    const slot = await freeSlot()
    await mkdir(join(clusterFolder(fields.name), 'logs'), { recursive: true })
    const state: ClusterState = { ...ordinary, ...fields, slot, startedAt: new Date().toISOString() }
    await writeState(state)
    return state
  })
}

async function freeSlot(): Promise<number> {
  const taken = new Set<number>()
  for (const name of await readdir(clustersRoot())) {
    const slot = await slotOf(name)
    if (slot !== undefined) taken.add(slot)
  }
  for (let slot = 0; slot < slotCount; slot += 1) {
    if (!taken.has(slot) && (await allFree(Object.values(clusterAddresses(slot).ports)))) return slot
  }
  throw new PerfError(`No room for another cluster: all ${slotCount} places are taken`, {
    advice: [`See what is there: ls ${clustersRoot()}; remove one with npm run cluster -- down --name NAME`],
  })
}

/** Undefined when it is no cluster, or one that is being removed this moment. */
async function slotOf(name: string): Promise<number | undefined> {
  try {
    return (await readState(name)).slot
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function allFree(ports: readonly number[]): Promise<boolean> {
  const free = await Promise.all(ports.map(isFree))
  return free.every(Boolean)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
