import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kwokConfigFile } from '../../cluster/components.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { runCommandLine } from '../run-command-line.ts'

// A regression that is really there: fake nodes that take longer to make a pod ready.

const RUNS = 5

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ kwokNodes: 2 })
  await cluster.kubectl(['create', 'namespace', 'planted'])
})
afterAll(async () => {
  await cluster[Symbol.asyncDispose]()
})

/** Has the fake nodes wait before they make a pod ready. */
async function delayPods(milliseconds: number): Promise<void> {
  const file = kwokConfigFile(cluster.folder)
  const documents = (await readFile(file, 'utf8')).split(/^---$/m)
  const delayed = documents.map((document) =>
    /^ {2}name: pod-ready$/m.test(document)
      ? document
          .replace(/^ {2}delay:\n {4}.*\n/m, '')
          .replace(/^spec:$/m, `spec:\n  delay:\n    durationMilliseconds: ${milliseconds}`)
      : document,
  )
  expect(delayed.join('---')).toContain(`durationMilliseconds: ${milliseconds}`)
  await cluster.stop('kwok')
  await writeFile(file, delayed.join('---'))
  // Those of its forerunner keep kwok from the nodes until they expire.
  await cluster.kubectl(['delete', 'leases', '--all', '--namespace', 'kube-node-lease'])
  await cluster.start('kwok')
}

async function measure(side: string): Promise<void> {
  for (let run = 1; run <= RUNS; run += 1) {
    const where = ['--namespace', 'planted', '--no-create-namespace', '--output-dir', join(side, String(run))]
    const ended = await runCommandLine(cluster.kubeconfig, ['density', '--iterations', '10', '--qps', '0', ...where])
    expect(ended.exitCode, ended.stderr).toBe(0)
  }
}

test('pods that take longer to become ready', async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), 'compare-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const sides = [join(folder, 'before'), join(folder, 'after')] as const
  await delayPods(2000)
  await measure(sides[0])
  await delayPods(3000)
  await measure(sides[1])
  const gate = ['--metric', 'pod_ready_latency', '--fail-on-regression']
  const found = await runCommandLine(cluster.kubeconfig, ['compare', ...sides, ...gate, '10%'])
  expect(found.stdout).toMatch(/^pod_ready_latency.p50 .* worse$/m)
  expect(found.stdout).toContain('FAILED: 1 of 1 figure that gates is worse by more than 10%.')
  expect(found.exitCode).toBe(99)
  const tolerated = await runCommandLine(cluster.kubeconfig, ['compare', ...sides, ...gate, '50%'])
  expect(tolerated.exitCode, tolerated.stdout).toBe(0)
})
