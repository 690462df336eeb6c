import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import type { Sample } from '../../../lib/report/run-directory.ts'
import { startControlPlane } from '../../cluster/control-plane.ts'
import { buildIndependent } from '../../independent/build-independent.ts'
import { startProgram } from '../start-program.ts'

/** How far two watchers of one server may be apart, beside the delays of their own loops. */
const AGREEMENT_MS = 5

test('a watcher in its own process saw the pods Ready at the same moments', async () => {
  await using cluster = await startControlPlane({ kwokNodes: 5 })
  const folder = await mkdtemp(join(tmpdir(), 'independent-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const pki = join(cluster.folder, 'pki')
  const credentials = ['--cert', join(pki, 'admin.crt'), '--key', join(pki, 'admin.key')]
  const selector = 'app.kubernetes.io/managed-by=kubectl-perf'
  const watcher = spawn(await buildIndependent(), [
    'watch',
    '--server',
    cluster.server,
    '--ca',
    cluster.caFile,
    '--selector',
    selector,
    ...credentials,
  ])
  onTestFinished(() => void watcher.kill())
  const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('watching')

  const results = join(folder, 'results')
  const load = ['--iterations', '50', '--namespaces', '5', '--qps', '20']
  const { exitCode } = await startProgram(cluster.kubeconfig, ['density', ...load, '--output-dir', results, '-q']).ended
  expect(exitCode).toBe(0)
  const independent = new Map<string, number>()
  let wakeDelayMs = Number.NaN
  while (independent.size < 50) {
    const [pod = '', atMs = '', delayMs = ''] = String((await lines.next()).value).split(' ')
    independent.set(pod, Number(atMs))
    wakeDelayMs = Number(delayMs)
  }

  const record = JSON.parse(await readFile(join(results, 'run.json'), 'utf8')) as RunRecord
  const samples = (await readFile(join(results, 'samples.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample)
  const ready = samples.filter(({ metric }) => metric === 'pod_ready_latency')
  expect(ready).toHaveLength(50)
  const apartMs = ready.map(({ labels, t }) => {
    const own = Date.parse(record.startedAt) + t * 1000
    return Math.abs(own - (independent.get(`${labels.namespace}/${labels.pod}`) ?? Number.NaN))
  })
  // With 50 pods the 99th percentile is the largest.
  const loopDelayMs = (record.details.eventLoopDelay as { p99: number }).p99 * 1000
  expect(Math.max(...apartMs)).toBeLessThanOrEqual(AGREEMENT_MS + loopDelayMs + wakeDelayMs)
})
