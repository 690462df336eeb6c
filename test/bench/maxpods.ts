import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { PAUSE_IMAGE } from '../../lib/workload/images/images.ts'
import { podManifest } from '../../lib/workload/pods/pod-manifest.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { buildIndependent } from '../independent/build-independent.ts'
import { startLargeCluster } from './large-cluster.ts'

const run = promisify(execFile)
const binary = new URL('../../dist/kubectl-perf', import.meta.url).pathname
const NODES = 200
const MOST_FOR_KUBECTL = 30_000

interface Usage {
  seconds: number
  cpuSeconds: number
  maxRssBytes: number
}

/**
 * Time and memory of `maxpods-check` beside `kubectl get pods -A -o json`: on real objects of a control plane that shares the
 * machine, and on 30 pods for each node of a server that makes them up as they are asked for, of which 200 kubelets hang.
 */
export async function benchMaxPods(realPods: number, madeUpPods: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-maxpods-'))
  try {
    const tools = { independent: await buildIndependent(), folder }
    console.log('CLUSTER                      COMMAND                          TIME      CPU   MAX-RSS   LOAD')
    const kubectl = await compareOnRealPods(tools, realPods)
    await compareOnMadeUpPods({ ...tools, kubectl }, madeUpPods)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @returns where kubectl lies */
async function compareOnRealPods(tools: Pick<Tools, 'independent' | 'folder'>, pods: number): Promise<string> {
  const podsPerNode = Math.max(110, Math.ceil((pods / NODES) * 1.2))
  const cluster = await startControlPlane({ kwokNodes: NODES, podsPerNode })
  const { kubeconfig, kubectlPath: kubectl } = cluster
  try {
    await fill(cluster, tools, pods)
    const name = `${pods} pods, ${NODES} nodes`
    await check(name, { ...tools, kubectl, kubeconfig }, pods)
    await listByKubectl(name, { ...tools, kubectl, kubeconfig })
    return kubectl
  } finally {
    await cluster[Symbol.asyncDispose]()
  }
}

async function compareOnMadeUpPods(tools: Omit<Tools, 'kubeconfig'>, pods: number): Promise<void> {
  await onMadeUpCluster(pods, (name, kubeconfig) => check(name, { ...tools, kubeconfig }, pods))
  // kubectl holds all of them: 150,000 took it more than 9 GB.
  const fewer = Math.min(pods, MOST_FOR_KUBECTL)
  await onMadeUpCluster(fewer, (name, kubeconfig) => listByKubectl(name, { ...tools, kubeconfig }))
}

async function onMadeUpCluster(pods: number, work: (name: string, kubeconfig: string) => Promise<void>): Promise<void> {
  const nodes = Math.ceil(pods / 30)
  const large = await startLargeCluster({ nodes, pods, hangingKubelets: 200 })
  try {
    await work(`${pods} pods, ${nodes} nodes`, large.kubeconfig)
  } finally {
    await large[Symbol.asyncDispose]()
  }
}

interface Tools {
  independent: string
  folder: string
  kubectl: string
  kubeconfig: string
}

async function check(cluster: string, tools: Tools, pods: number): Promise<void> {
  const record = join(tools.folder, 'record.json')
  const usage = await meter(tools, [binary, 'maxpods-check', '-q', '-o', 'json', '--output-file', record])
  const { details } = JSON.parse(await readFile(record, 'utf8')) as RunRecord
  const { running } = details.cluster as { running: number }
  if (running !== pods) throw new Error(`maxpods-check saw ${running} of ${pods} pods`)
  print(cluster, 'kubectl perf maxpods-check', usage)
}

async function listByKubectl(cluster: string, tools: Tools): Promise<void> {
  print(cluster, 'kubectl get pods -A -o json', await meter(tools, [tools.kubectl, 'get', 'pods', '-A', '-o', 'json']))
}

/** Runs a command whose output nobody keeps, and reads what the kernel counted of it. */
async function meter({ independent, folder, kubeconfig }: Tools, command: readonly string[]): Promise<Usage> {
  const file = join(folder, 'meter.json')
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, 'cache'), METER: file }
  const startedMs = performance.now()
  await run('sh', ['-c', '"$@" > /dev/null', 'sh', independent, 'meter', '--', ...command], { env })
  const seconds = (performance.now() - startedMs) / 1000
  return { ...(JSON.parse(await readFile(file, 'utf8')) as Usage), seconds }
}

function print(cluster: string, command: string, { seconds, cpuSeconds, maxRssBytes }: Usage): void {
  const cells = [
    cluster.padEnd(26),
    command.padEnd(27),
    `${seconds.toFixed(2)}s`.padStart(8),
    `${cpuSeconds.toFixed(2)}s`.padStart(6),
    `${(maxRssBytes / 1e6).toFixed(0)}MB`.padStart(7),
    (loadavg()[0] ?? 0).toFixed(1).padStart(4),
  ]
  console.log(cells.join('   '))
}

async function fill(
  cluster: ControlPlane,
  { independent, folder }: Pick<Tools, 'independent' | 'folder'>,
  pods: number,
): Promise<void> {
  await cluster.kubectl(['create', 'namespace', 'many'])
  await cluster.kubectl(['wait', '--for=create', 'serviceaccount/default', '-n', 'many', '--timeout=30s'])
  const pki = join(cluster.folder, 'pki')
  const body = join(folder, 'pod.json')
  await writeFile(body, JSON.stringify(podManifest('NAME', { image: PAUSE_IMAGE, labels: { bench: 'many' } })))
  const flags = [
    `--server=${cluster.server}`,
    `--ca=${cluster.caFile}`,
    '--namespace=many',
    `--count=${pods}`,
    `--cert=${join(pki, 'admin.crt')}`,
    `--key=${join(pki, 'admin.key')}`,
  ]
  await run('sh', ['-c', 'body=$1; shift; "$@" < "$body"', 'sh', body, independent, 'create', ...flags])
  while (true) {
    const unbound = await cluster.kubectl([
      'get',
      'pods',
      '-n',
      'many',
      '--field-selector',
      'spec.nodeName=',
      '-o',
      'name',
    ])
    if (unbound === '') return
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}
