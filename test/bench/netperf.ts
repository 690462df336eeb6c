import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { promisify } from 'node:util'
import { netperfDetailsOf } from '../../lib/record/details/netperf-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { pairedDifference } from '../../lib/stats/mean-interval.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { byHand } from '../lib/netperf/by-hand.ts'

const run = promisify(execFile)
const binary = new URL('../../dist/kubectl-perf', import.meta.url).pathname

const FROM_A_TO_B = ['--client-node', 'node-a', '--server-node', 'node-b']
const SECONDS = 3
/** Linux counts the CPU time of a process in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100

/**
 * What `kubectl perf netperf` says against iperf3 by hand on the same link, what a run takes beside its traffic, what it
 * uses of CPU while the traffic flows, and how long 50 pairs take. Ends of the link and bench share one machine.
 */
export async function benchNetperf(pairs: number): Promise<void> {
  const cluster = await startControlPlane({ realNodes: 2 })
  try {
    // The images are there from here on.
    await netperf(cluster, ['--duration', '1s', '--samples', '1', ...FROM_A_TO_B])
    await agreement(cluster, pairs)
    await overhead(cluster)
    await cpuOfTraffic(cluster)
    await manyPairs(cluster)
  } finally {
    await cluster[Symbol.asyncDispose]()
  }
}

/** Both see the same machine within seconds, in alternating order. */
async function agreement(cluster: ControlPlane, rounds: number): Promise<void> {
  // The same pods in all but name: others might have another share of the CPU.
  const kept = await netperf(cluster, ['--duration', '1s', '--samples', '1', ...FROM_A_TO_B, '--keep'])
  const [pair] = netperfDetailsOf(kept)?.pairs ?? []
  console.log(`TCP over the unshaped link, ${SECONDS}s each after 1s of warm-up; ${rounds} rounds; load ${load()}`)
  console.log('ROUND   NETPERF-GBIT/S   BY-HAND-GBIT/S   DIFFERENCE   LOAD')
  const ours: number[] = []
  const theirs: number[] = []
  const measure = async () => {
    const flags = ['--duration', `${SECONDS}s`, '--warmup', '1s', '--samples', '1', ...FROM_A_TO_B]
    ours.push(throughput(await netperf(cluster, flags)) / 1e9)
  }
  const measureByHand = async () => {
    theirs.push((await byHand(cluster, pair, ['-t', String(SECONDS), '-O', '1'])) / 1e9)
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const work of round % 2 === 0 ? [measure, measureByHand] : [measureByHand, measure]) await work()
    const [own = Number.NaN, other = Number.NaN] = [ours.at(-1), theirs.at(-1)]
    const cells = [String(round).padEnd(5), own.toFixed(3).padStart(14), other.toFixed(3).padStart(14)]
    console.log([...cells, (own - other).toFixed(3).padStart(10), load()].join('   '))
  }
  const difference = pairedDifference(theirs, ours)
  if (difference?.ci95 === undefined) throw new Error('an interval needs two rounds')
  const { mean, ci95 } = difference
  const contains = Math.abs(mean) <= ci95 ? 'contains 0' : 'does NOT contain 0'
  console.log(`netperf - by hand: ${mean.toFixed(3)} Gbit/s, 95% interval ${interval(mean, ci95)}: ${contains}`)
}

function interval(mean: number, ci95: number): string {
  return `[${(mean - ci95).toFixed(3)}, ${(mean + ci95).toFixed(3)}]`
}

async function overhead(cluster: ControlPlane): Promise<void> {
  console.log('\n--duration 1s --samples 1, the image present')
  console.log('RUN   BEFORE   TRAFFIC    REST   NAMESPACE   WALL   LOAD')
  for (let count = 1; count <= 3; count += 1) {
    const startMs = performance.now()
    const { phases } = await netperf(cluster, ['--duration', '1s', '--samples', '1', ...FROM_A_TO_B])
    const wall = (performance.now() - startMs) / 1000
    const seconds = (...names: string[]) =>
      phases.filter(({ name }) => names.includes(name)).reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
    const before = seconds('namespaces', 'pods', 'services', 'paths')
    const [traffic, namespace] = [seconds('traffic'), seconds('clean-up')]
    // What no phase holds: the program's start, and the record at its end.
    const rest = wall - before - traffic - namespace
    const cells = [before, traffic, rest, namespace, wall].map((value) => `${value.toFixed(2)}s`.padStart(7))
    console.log([String(count).padEnd(3), ...cells, load()].join('  '))
  }
  console.log(
    '(REST: start of the program, and its record; NAMESPACE: the deletion, 5 s at least by Kubernetes itself)',
  )
}

/** The process's own time between its words that traffic begins, and that clean-up does. */
async function cpuOfTraffic(cluster: ControlPlane): Promise<void> {
  const args = ['netperf', '--duration', '20s', '--samples', '1', ...FROM_A_TO_B, '-y', '-o', 'json']
  const child = spawn(binary, args, {
    env: { ...process.env, ...cluster.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const marks: { cpuSeconds: number; atMs: number }[] = []
  const reads: Promise<void>[] = []
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    const wanted = [/^traffic/m, /^clean-up/m][marks.length]
    if (wanted?.test(text) !== true) return
    const mark = { cpuSeconds: Number.NaN, atMs: performance.now() }
    marks.push(mark)
    reads.push(
      cpuSeconds(child.pid).then((seconds) => {
        mark.cpuSeconds = seconds
      }),
    )
  })
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  await Promise.all(reads)
  const [first, last] = marks
  if (first === undefined || last === undefined) throw new Error(`no traffic: ${text}`)
  const [used, passed] = [last.cpuSeconds - first.cpuSeconds, (last.atMs - first.atMs) / 1000]
  const share = ((used / passed) * 100).toFixed(2)
  console.log(`\nCPU of the plugin in ${passed.toFixed(1)}s of traffic: ${share}% of a core; load ${load()}`)
}

/** Of all threads of a process (proc_pid_stat(5): utime and stime). */
async function cpuSeconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

async function manyPairs(cluster: ControlPlane): Promise<void> {
  const startMs = performance.now()
  // Both nodes say that they have this machine's cores; 100 pods of the default request do not fit into two of them.
  const flags = ['--ratio', '50:50', '--duration', '10s', '--samples', '1', '--cpu-request', '10m']
  const record = await netperf(cluster, flags)
  const wall = (performance.now() - startMs) / 1000
  const phases = record.phases.map(({ name, durationSeconds }) => `${name} ${durationSeconds.toFixed(1)}s`).join(', ')
  console.log(
    `\n50:50 for 10s: ${wall.toFixed(1)}s of at most 130s (${phases}); ${record.outcome}, ${(throughput(record) / 1e9).toFixed(2)} Gbit/s; load ${load()}`,
  )
}

async function netperf(cluster: ControlPlane, args: readonly string[]): Promise<RunRecord> {
  const { stdout } = await run(binary, ['netperf', ...args, '-y', '-q', '-o', 'json'], {
    env: { ...process.env, ...cluster.environment },
    maxBuffer: 64 << 20,
  })
  return JSON.parse(stdout) as RunRecord
}

/** Of all pairs at once. */
function throughput(record: RunRecord): number {
  const total = netperfDetailsOf(record)?.rows[0]?.flows[0]?.total?.mean
  if (total === undefined) throw new Error('the record has no throughput')
  return total
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1)
}
