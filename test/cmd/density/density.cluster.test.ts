import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { type RunRecord, RunRecordSchema } from '../../../lib/record/run-record.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { type Ended, recordOf, runCommandLine, startCommandLine } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
})

const density = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['density', ...argv])

/** Everything in the cluster that carries the label of a run, by the real kubectl. */
async function leftOver(runId: string): Promise<string> {
  const kinds = 'namespaces,pods,configmaps,serviceaccounts'
  return cluster.kubectl(['get', kinds, '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])
}

function metric(record: RunRecord, name: string, source?: string) {
  const found = record.metrics.find(
    (candidate) => candidate.name === name && (source ?? candidate.source) === candidate.source,
  )
  if (found === undefined) throw new Error(`no ${name} in the record`)
  return found
}

async function expectNothingLeft(ended: Ended): Promise<void> {
  expect(await leftOver(recordOf(ended).runId)).toBe('')
}

test('ten pods in ten namespaces: all measured, the record valid, nothing left', async () => {
  const ended = await density('--iterations', '10', '-o', 'json')
  expect(ended.exitCode).toBe(0)
  const record = recordOf(ended)
  const validate = addFormats.default(new Ajv({ allErrors: true })).compile(RunRecordSchema)
  validate(record)
  expect(validate.errors).toBeNull()
  expect(record).toMatchObject({ kind: 'density', outcome: 'passed', cluster: { serverVersion: 'v1.34.4' } })
  expect(record.phases.map(({ name }) => name)).toEqual([
    'namespaces',
    'preload',
    'create',
    'ready',
    'delete',
    'clean-up',
  ])
  expect(metric(record, 'pods_created').statistics.value).toBe(10)
  expect(metric(record, 'pods_measured').statistics.value).toBe(10)
  const samples = metric(record, 'pod_ready_latency', 'watch').samples ?? []
  expect(samples).toHaveLength(10)
  expect(Math.min(...samples)).toBeGreaterThan(0)
  expect(samples.some((value) => value % 1 !== 0)).toBe(true)
  expect(new Set(samples).size).toBeGreaterThan(5)
  expect(metric(record, 'pod_deleted_latency').statistics.count).toBe(10)
  const created = record.metrics.filter(({ name, labels }) => name === 'api_requests' && labels.verb === 'create')
  expect(
    Object.fromEntries(
      created.map(({ labels, statistics }) => [`${labels.resource} ${labels.code}`, statistics.value]),
    ),
  ).toEqual({
    'namespaces 201': 10,
    'pods 201': 10,
  })
  await expectNothingLeft(ended)
})

test('every series of the record has an identity of its own', async () => {
  const record = recordOf(await density('--iterations', '2', '-o', 'json'))
  const identities = record.metrics.map(({ name, labels, source }) => JSON.stringify([name, labels, source]))
  expect(new Set(identities).size).toBe(identities.length)
})

test('a threshold that does not hold is exit code 99, with what was observed', async () => {
  const ended = await density(
    '--iterations',
    '3',
    '-o',
    'json',
    '--threshold',
    'pod_ready_latency.p99<1ms',
    '--threshold',
    'pods_measured==3',
  )
  expect(ended.exitCode).toBe(99)
  const { outcome, thresholds } = recordOf(ended)
  expect(outcome).toBe('failed')
  expect(thresholds.map(({ passed }) => passed)).toEqual([false, true])
  expect(thresholds[0]?.observed).toBeGreaterThan(0.001)
  await expectNothingLeft(ended)
})

test('the table names the phases, the latencies, the requests and the verdict', async () => {
  const { exitCode, stdout, stderr } = await density('--iterations', '3')
  expect(exitCode).toBe(0)
  for (const header of ['PHASE ', 'POD LATENCY ', 'API REQUESTS ']) expect(stdout).toContain(header)
  expect(stdout).toMatch(/^ready +\S+ +\S+/m)
  expect(stdout).toMatch(/\nPASSED in \S+\. Nothing left behind\.\n$/)
  expect(stderr).toMatch(
    /^Context \S+ \(v1\.34\.4, 5 nodes\)\. Creating 3 namespaces with 3 pods at 20\.0\/s; all removed afterwards\. Run [a-z0-9]{6}\.$/m,
  )
  expect(stdout + stderr).not.toContain('\u001b')
})

test('--keep leaves the pods, and cleanup removes them when told the run', async () => {
  const ended = await density('--iterations', '2', '--keep', '-o', 'json')
  const { runId } = recordOf(ended)
  expect(ended.exitCode).toBe(0)
  expect((await leftOver(runId)).split('\n').filter((line) => line.startsWith('pod/'))).toHaveLength(2)
  const careful = await runCommandLine(cluster.kubeconfig, ['cleanup', '-y'])
  expect(careful.stdout).toMatch(new RegExp(`^${runId} .* kept +leave `, 'm'))
  expect(await leftOver(runId)).not.toBe('')
  const told = await runCommandLine(cluster.kubeconfig, ['cleanup', '--run', runId, '-y'])
  expect(told).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`Removed ${runId}.`) as string })
  expect(await leftOver(runId)).toBe('')
})

test('a user without rights is told at once what is missing, and nothing is created', async () => {
  const kubeconfig = await cluster.createUser('density-nobody')
  const ended = await runCommandLine(kubeconfig, ['density', '--iterations', '2'])
  expect(ended.exitCode).toBe(1)
  expect(ended.stdout).toBe('')
  expect(ended.stderr).toMatch(/^error: .*forbidden/im)
  expect(ended.stderr).toMatch(/missing: .*create,.* namespaces/)
  expect(
    await cluster.kubectl(['get', 'ns', '-l', 'app.kubernetes.io/managed-by=kubectl-perf', '-o', 'name']),
  ).not.toContain('density-nobody')
})

test("rights in one namespace are enough with --no-create-namespace, and only the run's objects go", async () => {
  const namespace = 'density-guest'
  const kubeconfig = await cluster.createUser('density-guest')
  await cluster.kubectl(['create', 'namespace', namespace])
  onTestFinished(async () => void (await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false'])))
  await cluster.kubectl(['-n', namespace, 'apply', '-f', 'docs/rbac/density-in-namespace.yaml'])
  await cluster.kubectl([
    '-n',
    namespace,
    'create',
    'rolebinding',
    'perf',
    '--role=perf-density',
    '--user=density-guest',
  ])
  await cluster.kubectl(['-n', namespace, 'create', 'configmap', 'not-ours'])
  const ended = await runCommandLine(kubeconfig, [
    'density',
    '-n',
    namespace,
    '--no-create-namespace',
    '--iterations',
    '4',
    '-o',
    'json',
  ])
  expect(ended.stderr).not.toContain('error')
  expect(ended.exitCode).toBe(0)
  expect(metric(recordOf(ended), 'pods_measured').statistics.value).toBe(4)
  expect(recordOf(ended).cluster.nodes).toBeNull()
  await expectNothingLeft(ended)
  expect(await cluster.kubectl(['-n', namespace, 'get', 'configmap', 'not-ours', '-o', 'name'])).toBe(
    'configmap/not-ours\n',
  )
})

test('the documented cluster role is enough', async () => {
  const kubeconfig = await cluster.createUser('density-role')
  await cluster.kubectl(['apply', '-f', 'docs/rbac/density.yaml'])
  await cluster.kubectl([
    'create',
    'clusterrolebinding',
    'density-role',
    '--clusterrole=perf-density',
    '--user=density-role',
  ])
  const ended = await runCommandLine(kubeconfig, ['density', '--iterations', '2', '-o', 'json'])
  expect(ended.stderr).not.toContain('error')
  expect(recordOf(ended)).toMatchObject({ outcome: 'passed', cluster: { nodes: 5 } })
  await expectNothingLeft(ended)
})

test('an exceeded quota ends the run with the words of the API server', async () => {
  const namespace = 'density-quota'
  await cluster.kubectl(['create', 'namespace', namespace])
  onTestFinished(async () => void (await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false'])))
  await cluster.kubectl(['-n', namespace, 'create', 'quota', 'few', '--hard=pods=3'])
  const ended = await density('-n', namespace, '--no-create-namespace', '--iterations', '8', '-o', 'json')
  expect(ended.exitCode).toBe(1)
  expect(ended.stderr).toMatch(/^Error from server \(Forbidden\): pods "\S+" is forbidden: exceeded quota: few/m)
  expect(recordOf(ended)).toMatchObject({ outcome: 'error' })
  expect(metric(recordOf(ended), 'pods_created').statistics.value).toBe(3)
  await expectNothingLeft(ended)
})

test('a pod that admission refuses ends the run with the reason', async () => {
  const policy = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'density-refused' },
        spec: {
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
          validations: [
            {
              expression: "!object.spec.containers.exists(c, c.image == 'refused.example/image')",
              message: 'this image is not allowed here',
            },
          ],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'density-refused' },
        spec: { policyName: 'density-refused', validationActions: ['Deny'] },
      },
    ],
  }
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(policy) })
  const pods = ['create', '--dry-run=server', '-f', '-']
  const refused = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x' },
    spec: { containers: [{ name: 'x', image: 'refused.example/image' }] },
  }
  await expect
    .poll(async () => (await cluster.tryKubectl(pods, { stdin: JSON.stringify(refused) })).exitCode, {
      timeout: 30_000,
    })
    .not.toBe(0)
  const ended = await density('--iterations', '3', '--image', 'refused.example/image', '-o', 'json')
  expect(ended.exitCode).toBe(1)
  expect(ended.stderr).toContain('this image is not allowed here')
  await expectNothingLeft(ended)
})

test('an interrupt while pods are created cleans up and reports what is known', async () => {
  const load = ['--iterations', '200', '--namespaces', '2', '--qps', '10']
  const program = startProgram(cluster.kubeconfig, ['density', ...load, '-o', 'json'])
  await program.printed(/^create: /m)
  const runId = /Run (\w+)\.$/m.exec(program.stderr())?.[1] ?? ''
  const pods = ['get', 'pods', '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name']
  await expect.poll(() => cluster.kubectl(pods), { timeout: 60_000 }).not.toBe('')
  program.signal('SIGINT')
  const ended = await program.ended
  const record = recordOf(ended)
  expect(record.outcome).toBe('aborted')
  const created = metric(record, 'pods_created').statistics.value ?? 0
  expect(created).toBeGreaterThan(0)
  expect(created).toBeLessThan(200)
  await expectNothingLeft(ended)
})

test('a namespace that hangs in Terminating is named with its reason, and cleanup finds it later', async () => {
  const load = ['--iterations', '40', '--namespaces', 'single', '--qps', '10', '--timeout', '8s']
  const running = startCommandLine(cluster.kubeconfig, ['density', ...load, '-o', 'json'])
  const announced = () => /Run (\w+)\.$/m.exec(running.stderr())?.[1] ?? ''
  await expect.poll(announced, { timeout: 30_000, interval: 50 }).not.toBe('')
  const find = ['get', 'ns', '-l', `kubectl-perf/run=${announced()}`, '-o', 'jsonpath={.items[*].metadata.name}']
  let namespace = ''
  await expect
    .poll(
      async () => {
        namespace = await cluster.kubectl(find)
        return namespace
      },
      { timeout: 30_000, interval: 50 },
    )
    .not.toBe('')
  const stuck = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'stuck', namespace, finalizers: ['example.com/hold'] },
  }
  await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify(stuck) })
  const ended = await running.ended
  expect(ended.exitCode).toBe(1)
  const finding = recordOf(ended).findings.find(({ code }) => code === 'LeftBehind')
  expect(finding?.message).toContain('example.com/hold')
  expect(finding?.objects).toEqual([namespace])
  expect(ended.stderr).toContain('example.com/hold')
  await cluster.kubectl([
    '-n',
    namespace,
    'patch',
    'configmap',
    'stuck',
    '--type=merge',
    '-p',
    '{"metadata":{"finalizers":null}}',
  ])
  await expect.poll(() => leftOver(recordOf(ended).runId), { timeout: 30_000 }).toBe('')
})

test.each([
  [['--iterations', '0'], 'iterations'],
  [['--iterations', '-1'], 'iterations'],
  [['--iterations', 'x'], 'iterations'],
  [['--qps', '-1'], 'qps'],
  [['--qps', 'x'], 'qps'],
  [['--image', 'Not An Image'], 'invalid image name "Not An Image"'],
  [['--threshold', 'pod_reddy_latency<1s'], 'did you mean "pod_ready_latency"?'],
  [['--namespace', 'default'], '--no-create-namespace'],
  [['--iterations', '5000'], 'This creates 5000 pods. Confirm it with --yes'],
])('%j is a usage error before anything is created', async (argv, message) => {
  const ended = await density(...argv)
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ended.stderr).toContain(message)
  expect(ended.stderr).toContain("See 'kubectl perf density --help' for usage.")
})
