import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'

// Users who have the documented roles and nothing else, in a namespace that takes restricted pods alone.

let cluster: ControlPlane & AsyncDisposable
let inNamespace = ''
let inCluster = ''
let withoutExec = ''
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 2 })
  const namespace = ['-n', 'limited']
  await cluster.kubectl(['create', 'namespace', 'limited'])
  await cluster.kubectl(['label', 'namespace', 'limited', 'pod-security.kubernetes.io/enforce=restricted'])
  inNamespace = await cluster.createUser('limited')
  await cluster.kubectl([...namespace, 'apply', '-f', 'docs/rbac/netperf-in-namespace.yaml'])
  await cluster.kubectl([...namespace, 'create', 'rolebinding', 'limited', '--role=perf-netperf', '--user=limited'])
  inCluster = await cluster.createUser('limited-cluster')
  await cluster.kubectl(['apply', '-f', 'docs/rbac/netperf.yaml'])
  const role = ['--clusterrole=perf-netperf', '--user=limited-cluster']
  await cluster.kubectl(['create', 'clusterrolebinding', 'limited-cluster', ...role])
  withoutExec = await cluster.createUser('without-exec')
  await cluster.kubectl([...namespace, 'create', 'role', 'pods', '--verb=*', '--resource=pods,configmaps,services'])
  await cluster.kubectl([...namespace, 'create', 'rolebinding', 'pods', '--role=pods', '--user=without-exec'])
})
afterAll(() => cluster[Symbol.asyncDispose]())

const guest = ['--namespace', 'limited', '--no-create-namespace']
const SHORT = ['--duration', '1s', '--samples', '1', '--path', 'pod,service', '-o', 'json']

test.each([
  ['in one namespace', () => inNamespace, guest, null],
  ['in the cluster', () => inCluster, [], 2],
])('runs and cleans up with rights %s', async (_, kubeconfig, argv, nodes) => {
  const ended = await runCommandLine(kubeconfig(), ['netperf', ...SHORT, ...argv])
  expect(ended.exitCode, ended.stderr).toBe(0)
  const { runId, outcome, cluster: facts } = recordOf(ended)
  expect({ outcome, nodes: facts.nodes }).toEqual({ outcome: 'passed', nodes })
  const kinds = 'namespaces,pods,services,configmaps'
  expect(await cluster.kubectl(['get', kinds, '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])).toBe('')
})

test('whoever may not exec is told so before anything is made', async () => {
  const ended = await runCommandLine(withoutExec, ['netperf', ...SHORT, ...guest])
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
  expect(ended.stderr).toMatch(/^error: .*pods\/exec/m)
  expect(ended.stderr).toContain('docs/rbac/netperf-in-namespace.yaml')
})

test('pods of the host network, where Pod Security forbids them: said in its words', async () => {
  const ended = await runCommandLine(inNamespace, ['netperf', ...SHORT, ...guest, '--path', 'host'])
  expect(ended.exitCode).toBe(1)
  expect(recordOf(ended).outcome).toBe('error')
  expect(ended.stderr).toMatch(/violates PodSecurity "restricted:latest": host namespaces \(hostNetwork=true\)/)
  expect(await cluster.kubectl(['get', 'pods,services', '-n', 'limited', '-o', 'name'])).toBe('')
})
