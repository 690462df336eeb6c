import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { densityDetails } from '../../../lib/record/details/density-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { openTerminal } from './open-terminal.ts'

// What a user's own stress test finds on a node that takes 110 pods, as kubelets do unless told otherwise.

const MAX_PODS = 110

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ kwokNodes: 1, podsPerNode: MAX_PODS })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

test('150 pods of a kube-burner file on a node for 110: 40 stay pending, live and in the result, with the reason and what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'user-files-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = `${process.cwd()}/test/fixtures/user-files/s2-config.yaml`
  const argv = ['-f', file, '--pending-grace', '4s', '--output-dir', join(folder, 'run')]
  const terminal = openTerminal({ kubeconfig: cluster.kubeconfig, columns: 100 }, argv)
  await terminal.shown(/ready 110\/150 {3}pending 40 \(Too many pods 40\)/)
  // As a person would count them.
  const states = await cluster.kubectl(['get', 'pods', '-A', '--no-headers', '-l', 'kube-burner-job=stress-test'])
  expect(states.match(/ Running /g)).toHaveLength(MAX_PODS)
  expect(states.match(/ Pending /g)).toHaveLength(150 - MAX_PODS)
  expect(await terminal.ended).toBe(1)
  const shown = stripVTControlCharacters(terminal.output())
  expect(shown).toContain('110 of 150 pods became ready; 40 stay unschedulable')
  expect(shown).not.toMatch(/clean-up \d.*pending/)

  const record = JSON.parse(await readFile(join(folder, 'run', 'run.json'), 'utf8')) as RunRecord
  const values = (name: string) =>
    record.metrics.filter((metric) => metric.name === name).map(({ labels, statistics }) => [labels, statistics.value])
  expect(values('pods_created')).toEqual([[{}, 150]])
  expect(values('pods_measured')).toEqual([[{}, MAX_PODS]])
  expect(values('pods_not_ready')).toEqual([[{ reason: 'Too many pods' }, 40]])
  expect(record.findings.find(({ code }) => code === 'PodsNotReady')).toMatchObject({
    severity: 'error',
    message: 'Unschedulable: Too many pods on 1 of 1 nodes',
    advice: expect.stringContaining('kubectl perf maxpods-check') as string,
    count: 40,
  })
  const pods = densityDetails(record)?.pods ?? []
  expect(pods.filter(({ notMeasured }) => notMeasured === 'Too many pods')).toHaveLength(40)
  const label = ['-l', `kubectl-perf/run=${record.runId}`]
  expect(await cluster.kubectl(['get', 'ns,pods', '-A', ...label, '-o', 'name'])).toBe('')
})
