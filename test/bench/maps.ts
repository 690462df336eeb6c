import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { startControlPlane } from '../cluster/control-plane.ts'
import { PRINTS_FILES, startFakeAgents } from '../cmd/cilium/maps/fake-agents.ts'
import { buildIndependent } from '../independent/build-independent.ts'
import { recorded, recordedMetrics, STATES } from '../lib/cilium/maps/recorded.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname
const binary = join(root, 'dist/kubectl-perf')

interface Usage {
  readonly exitCode: number
  readonly cpuSeconds: number
  readonly maxRssBytes: number
}

/**
 * Reads so many agents, which say what real ones said: all that is between is real (API server, exec streams, processes), and
 * on the same machine.
 */
export async function benchMaps(agents: number, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-maps-'))
  const cluster = await startControlPlane()
  try {
    const independent = await buildIndependent()
    const fakes = Array.from({ length: agents }, (_, index) => {
      const state = STATES[index % STATES.length] ?? 'busy'
      const files = {
        version: recorded(state, 'version.txt'),
        metrics: recordedMetrics(state),
        status: recorded(state, 'status.json'),
      }
      return { pod: `cilium-${index}`, node: `node-${index}`, tool: PRINTS_FILES, files }
    })
    await startFakeAgents(cluster, fakes)
    console.log(`${agents} agents, each read by an exec; ${rounds} rounds`)
    console.log('ROUND   FIND    READ    ALL   AGENTS-READ   CLIENT-CPU   MAX-RSS   LOAD')
    for (let round = 1; round <= rounds; round += 1) {
      const meter = join(folder, 'meter.json')
      const beganMs = performance.now()
      const { stdout } = await run(independent, ['meter', '--', binary, 'cilium', 'maps', '-o', 'json', '-q'], {
        env: { ...process.env, KUBECONFIG: cluster.kubeconfig, METER: meter },
        maxBuffer: 256 << 20,
      }).catch((error: { stdout: string }) => error)
      const seconds = (performance.now() - beganMs) / 1000
      const record = JSON.parse(stdout) as RunRecord
      const usage = JSON.parse(await readFile(meter, 'utf8')) as Usage
      const phase = (name: string) => record.phases.find((each) => each.name === name)?.durationSeconds ?? Number.NaN
      const cells = [
        String(round).padEnd(5),
        `${phase('find agents').toFixed(1)}s`.padStart(4),
        `${phase('read agents').toFixed(1)}s`.padStart(5),
        `${seconds.toFixed(1)}s`.padStart(5),
        String((record.details.agents as unknown[]).length).padStart(11),
        `${usage.cpuSeconds.toFixed(2)}s`.padStart(10),
        `${(usage.maxRssBytes / 1e6).toFixed(0)}MB`.padStart(7),
        (loadavg()[0] ?? 0).toFixed(1),
      ]
      console.log(cells.join('   '))
    }
  } finally {
    await cluster[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
}
