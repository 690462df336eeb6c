import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cesDetails } from '../../lib/record/details/ces-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { startControlPlane } from '../cluster/control-plane.ts'
import { untilCrdsAreOld } from '../cmd/ces-compare/until-crds-are-old.ts'
import { buildIndependent } from '../independent/build-independent.ts'

const run = promisify(execFile)
const binary = new URL('../../dist/kubectl-perf', import.meta.url).pathname
const MOST_RSS_BYTES = 250e6

/**
 * So many endpoints created, a tenth of them churned, and deleted, while `kubectl perf ces-compare` watches them beside the
 * slices that Cilium's operator makes: what it uses, and how far its simulator is off the operator.
 */
export async function benchCes(endpoints: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-ces-'))
  const cluster = await startControlPlane({ ciliumOperator: true, cesWritesPerSecond: 20 })
  try {
    await untilCrdsAreOld(cluster)
    const meter = join(folder, 'meter.json')
    const file = join(folder, 'record.json')
    const load = ['--endpoints', String(endpoints), '--rate', '200', '--label-updates', '0', '--churn', '10', '--yes']
    const args = ['ces-compare', ...load, '--timeout', '10m', '-q', '-o', 'json', '--output-file', file]
    await run(await buildIndependent(), ['meter', '--', binary, ...args], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig, METER: meter },
    })
    const record = JSON.parse(await readFile(file, 'utf8')) as RunRecord
    const usage = JSON.parse(await readFile(meter, 'utf8')) as { cpuSeconds: number; maxRssBytes: number }
    const details = cesDetails(record)
    if (details === undefined || record.outcome !== 'passed') throw new Error(`the run ${record.outcome}`)
    console.log(`${endpoints} endpoints; load ${loadavg()[0]?.toFixed(1)}`)
    console.log('STEP      SECONDS   CEP-EVENTS   CES-EVENTS   SIMULATED   OFF      CES-BYTES   SIMULATED   OFF')
    for (const { name, durationSeconds, cep, ces, simulated } of details.steps) {
      if (simulated === undefined) throw new Error('nothing was simulated')
      const cells = [
        name.padEnd(7),
        durationSeconds.toFixed(1).padStart(7),
        String(cep.events).padStart(10),
        String(ces.events).padStart(10),
        String(simulated.events).padStart(9),
        share(simulated.events, ces.events),
        String(ces.bytes).padStart(9),
        String(simulated.bytes).padStart(9),
        share(simulated.bytes, ces.bytes),
      ]
      console.log(cells.join('   '))
    }
    const megabytes = (usage.maxRssBytes / 1e6).toFixed(0)
    console.log(`max RSS ${megabytes} MB of ${MOST_RSS_BYTES / 1e6}, CPU ${usage.cpuSeconds.toFixed(1)}s`)
    if (usage.maxRssBytes > MOST_RSS_BYTES) throw new Error(`max RSS ${megabytes} MB is too much`)
  } finally {
    await cluster[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
}

function share(value: number, of: number): string {
  return `${((value / of - 1) * 100).toFixed(1)}%`.padStart(6)
}
