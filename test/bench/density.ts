import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { PAUSE_IMAGE } from '../../lib/workload/images/images.ts'
import { podManifest } from '../../lib/workload/pods/pod-manifest.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { buildIndependent } from '../independent/build-independent.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname
const binary = join(root, 'dist/kubectl-perf')

const NODES = 20

interface Floor {
  created: number
  refused: number
  seconds: number
  cpuSeconds: number
}

interface Usage {
  exitCode: number
  cpuSeconds: number
  maxRssBytes: number
}

/**
 * Creates so many pods as fast as the API server takes them, with the raw floor (a Go client that does nothing but
 * create) and with `kubectl perf density` in turn, on one control plane that shares the machine with both.
 */
export async function benchDensity(pods: number, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-density-'))
  const cluster = await startControlPlane({
    kwokNodes: NODES,
    podsPerNode: Math.max(110, Math.ceil((pods / NODES) * 1.2)),
  })
  try {
    const independent = await buildIndependent()
    console.log(`${pods} pods on ${NODES} kwok nodes, --qps 0; ${rounds} rounds; load ${load()}`)
    console.log('ROUND   FLOOR/S   DENSITY/S   RATIO   CLIENT-CPU   CPU/1000   MAX-RSS   CONNECTIONS   LOAD')
    const ratios: number[] = []
    for (let round = 1; round <= rounds; round += 1) {
      const floor = await createFloor(cluster, independent, `floor-${round}`, pods)
      const { record, usage } = await createDensity(cluster, independent, folder, pods)
      const floorRate = floor.created / floor.seconds
      const rate = figureOf(record, 'pod_create_throughput')
      ratios.push(rate / floorRate)
      const cells = [
        String(round).padEnd(5),
        floorRate.toFixed(0).padStart(7),
        rate.toFixed(0).padStart(9),
        (rate / floorRate).toFixed(2).padStart(5),
        `${usage.cpuSeconds.toFixed(2)}s`.padStart(10),
        `${((usage.cpuSeconds / pods) * 1000).toFixed(2)}s`.padStart(8),
        `${(usage.maxRssBytes / 1e6).toFixed(0)}MB`.padStart(7),
        String(record.details.connections).padStart(11),
        load(),
      ]
      console.log(cells.join('   '))
    }
    ratios.sort((a, b) => a - b)
    console.log(`median ratio to the floor: ${ratios[Math.floor(ratios.length / 2)]?.toFixed(2)}`)
  } finally {
    await cluster[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
}

async function createFloor(
  cluster: ControlPlane,
  independent: string,
  namespace: string,
  pods: number,
): Promise<Floor> {
  await cluster.kubectl(['create', 'namespace', namespace])
  await untilServiceAccount(cluster, namespace)
  const credentials = join(cluster.folder, 'pki')
  const { child, done } = spawnJson(independent, [
    'create',
    `--server=${cluster.server}`,
    `--ca=${cluster.caFile}`,
    `--namespace=${namespace}`,
    `--count=${pods}`,
    `--cert=${join(credentials, 'admin.crt')}`,
    `--key=${join(credentials, 'admin.key')}`,
  ])
  child.stdin?.end(JSON.stringify(podManifest('NAME', { image: PAUSE_IMAGE, labels: { bench: 'floor' } })))
  const floor = JSON.parse(await done) as Floor
  if (floor.refused > 0) throw new Error(`the floor was refused ${floor.refused} pods`)
  // The namespace controller takes minutes for tens of thousands of pods.
  await cluster.kubectl(['delete', 'namespace', namespace, '--wait'], { timeoutMs: 30 * 60_000 })
  return floor
}

async function createDensity(
  cluster: ControlPlane,
  independent: string,
  folder: string,
  pods: number,
): Promise<{ record: RunRecord; usage: Usage }> {
  const meter = join(folder, 'meter.json')
  const args = [
    'density',
    '--iterations',
    String(pods),
    '--namespaces',
    'single',
    '--qps',
    '0',
    '-o',
    'json',
    '-q',
    '-y',
    '--timeout',
    '30m',
  ]
  const { stdout } = await run(independent, ['meter', '--', binary, ...args], {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig, METER: meter },
    maxBuffer: 64 << 20,
  })
  const record = JSON.parse(stdout) as RunRecord
  return { record, usage: JSON.parse(await readFile(meter, 'utf8')) as Usage }
}

async function untilServiceAccount(cluster: ControlPlane, namespace: string): Promise<void> {
  await cluster.kubectl(['wait', '--for=create', 'serviceaccount/default', '-n', namespace, '--timeout=30s'])
}

function spawnJson(command: string, args: readonly string[]) {
  const promise = run(command, [...args], { maxBuffer: 64 << 20 })
  return { child: promise.child, done: promise.then(({ stdout }) => stdout) }
}

function figureOf({ metrics }: RunRecord, name: string): number {
  const value = metrics.find((metric) => metric.name === name)?.statistics.value
  if (value === undefined) throw new Error(`the record has no ${name}`)
  return value
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1)
}
