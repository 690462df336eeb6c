import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'

// Users who have the documented roles and nothing else.

let cluster: ControlPlane
let inNamespace = ''
let inCluster = ''
beforeAll(async () => {
  cluster = await sharedCluster()
  const namespace = ['-n', 'limited']
  await cluster.kubectl(['create', 'namespace', 'limited'])
  inNamespace = await cluster.createUser('limited')
  await cluster.kubectl([...namespace, 'apply', '-f', 'docs/rbac/density-in-namespace.yaml'])
  await cluster.kubectl([...namespace, 'create', 'rolebinding', 'limited', '--role=perf-density', '--user=limited'])
  inCluster = await cluster.createUser('limited-cluster')
  await cluster.kubectl(['apply', '-f', 'docs/rbac/density.yaml'])
  const role = ['--clusterrole=perf-density', '--user=limited-cluster']
  await cluster.kubectl(['create', 'clusterrolebinding', 'limited-cluster', ...role])
  return async () => void (await cluster.kubectl(['delete', 'namespace', 'limited', '--wait=false']))
})

const workloads = [
  ['pods', ['--iterations', '6', '--churn', '50', '--churn-cycles', '1', '--churn-delay', '0s']],
  ['deployments', ['--iterations', '2', '--scale-to', '3']],
  ['api-load', ['--iterations', '2', '--configmaps', '5']],
  ['cluster', ['--iterations', '2']],
] as const

test('a kube-burner file runs with these rights, and one that needs more says so before anything is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'limited-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'config.yaml')
  const job = (name: string, more: string) =>
    `  - {name: ${name}, jobIterations: 2, qps: 50, burst: 10, namespace: limited-${name}, objects: [{objectTemplate: ${name}.yaml}], ${more}}`
  await writeFile(
    join(folder, 'pods.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: {containers: [{name: main, image: registry.k8s.io/pause:3.10}]}\n',
  )
  await writeFile(join(folder, 'jobs.yaml'), 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: job}\n')
  await writeFile(file, `jobs:\n${job('pods', 'churnConfig: {percent: 50, cycles: 1, mode: namespaces}')}\n`)
  const ended = await runCommandLine(inCluster, ['density', '-f', file, '-o', 'json'])
  expect(ended.exitCode, ended.stderr).toBe(0)
  await writeFile(file, `jobs:\n${job('jobs', 'churnConfig: {percent: 50, cycles: 1, mode: objects}')}\n`)
  const refused = await runCommandLine(inCluster, ['density', '-f', file])
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('missing: create,deletecollection,list,get,delete cronjobs.batch\n')
  expect(await cluster.kubectl(['get', 'ns', '-o', 'name'])).not.toContain('limited-jobs')
})

const kinds = 'namespaces,pods,configmaps,deployments,replicasets,services,secrets'

describe.concurrent.each(workloads)('the workload %s', (workload, flags) => {
  const argv = ['density', '--workload', workload, '--qps', '50', '-o', 'json', ...flags]

  test.each([
    ['in one namespace', () => inNamespace, ['--namespace', 'limited', '--no-create-namespace'], null],
    ['in the cluster', () => inCluster, [], 5],
  ])('runs and cleans up with rights %s', async (_, kubeconfig, more, nodes) => {
    const ended = await runCommandLine(kubeconfig(), [...argv, ...more])
    expect(ended.exitCode, ended.stderr).toBe(0)
    const { runId, outcome, findings, cluster: facts } = recordOf(ended)
    expect({ outcome, nodes: facts.nodes }).toEqual({ outcome: 'passed', nodes })
    // What cannot be read is said, and is no fault.
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(await cluster.kubectl(['get', kinds, '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])).toBe('')
  })
})
