import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'
import { compare, endpointYaml, expectNothingLeft, rowOf, slicesOf } from './records.ts'
import { untilCrdsAreOld } from './until-crds-are-old.ts'

// An operator that is slow, silent, absent or switched off, users without rights, and runs that end before their time.

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ ciliumOperator: true, cesWritesPerSecond: 1 })
  await untilCrdsAreOld(cluster)
})
afterAll(() => cluster[Symbol.asyncDispose]())

const CONFIG = ['-n', 'kube-system', 'configmap', 'cilium-config']

function setSlices(value: 'true' | 'false'): Promise<string> {
  const patch = JSON.stringify({ data: { 'enable-cilium-endpoint-slice': value } })
  return cluster.kubectl(['patch', ...CONFIG, '--type=merge', '-p', patch])
}

test('more endpoints than the rate can carry in time: not settled, with the backlog', async () => {
  const load = ['--endpoints', '800', '--rate', '0', '--label-updates', '0', '--timeout', '1s', '--yes']
  const ended = await runCommandLine(cluster.kubeconfig, ['ces-compare', '-o', 'json', ...load])
  expect(ended.exitCode, ended.stderr).toBe(1)
  const { findings, details, outcome } = recordOf(ended)
  expect(outcome).toBe('error')
  expect(findings[0]).toMatchObject({
    code: 'RunFailed',
    message: expect.stringMatching(/^not settled: [1-9]\d* of 800 changes were in no slice within 1s$/),
    advice: 'the operator looks at 1 slice per second after a burst of 2: lower --rate, or raise --timeout',
  })
  // On a busy machine creation is so slow that the operator keeps up, and then deletion is not.
  expect((details.steps as { backlog: number }[]).at(-1)?.backlog).toBeGreaterThan(0)
  await expectNothingLeft(cluster, recordOf(ended).runId)
})

test('slices that are switched off are simulated, without waiting for any', async () => {
  await setSlices('false')
  try {
    const { details, record } = await compare(cluster, 0, [
      '--endpoints',
      '120',
      '--label-updates',
      '0',
      '--rate',
      '100',
      '--yes',
    ])
    expect(details.slices).toEqual({ basis: 'simulated', because: 'enable-cilium-endpoint-slice is false' })
    const row = rowOf(details, 'ces', 'simulated')
    expect(row.byType.ADDED.events).toBe(2)
    expect(row.byType.DELETED.events).toBe(2)
    expect(row.objects).toBe(2)
    expect(details.rows.map(({ kind, basis }) => `${kind} ${basis}`)).toEqual(['cep measured', 'ces simulated'])
    expect(record.metrics.filter(({ name }) => name === 'propagation_latency')).toEqual([])
    const [finding] = record.findings.filter(({ code }) => code === 'SlicesSimulated')
    expect(finding?.message).toContain('1 slice per second after a burst of 2')
  } finally {
    await setSlices('true')
  }
})

test('who may see one kind alone gets what that one tells', async () => {
  const rights = async (user: string, resource: string) => {
    const kubeconfig = await cluster.createUser(user)
    await cluster.kubectl(['create', 'clusterrole', user, '--verb=list,watch', `--resource=${resource}.cilium.io`])
    await cluster.kubectl(['create', 'clusterrolebinding', user, `--clusterrole=${user}`, `--user=${user}`])
    return kubeconfig
  }
  const observe = ['--observe-only', '--duration', '1s']
  const cepOnly = await rights('cep-only', 'ciliumendpoints')
  const seen = await compare(cluster, 0, observe, cepOnly)
  expect(seen.details.rows.map(({ kind, basis }) => `${kind} ${basis}`)).toEqual(['cep measured', 'ces simulated'])
  expect(seen.record.findings).toContainEqual({
    severity: 'warning',
    code: 'KindUnreadable',
    message: 'This user may not list and watch CiliumEndpointSlices: they are simulated',
    advice: 'apply docs/rbac/ces-compare.yaml',
  })
  expect(seen.details.slices.because).toBe('this user may not list and watch CiliumEndpointSlices')
  expect(seen.record.findings.find(({ code }) => code === 'SettingsUnreadable')?.message).toMatch(
    /^This user may not read ConfigMap cilium-config and Deployment cilium-operator: /,
  )
  const cesOnly = await rights('ces-only', 'ciliumendpointslices')
  const half = await compare(cluster, 1, observe, cesOnly)
  expect(half.record.outcome).toBe('no-data')
  expect(half.details.saved).toEqual({})
  const none = await runCommandLine(await cluster.createUser('nothing'), ['ces-compare', ...observe])
  expect(none.exitCode).toBe(1)
  expect(none.stderr).toContain('error: this user may list and watch neither CiliumEndpoints nor CiliumEndpointSlices')
})

test('the documented role is enough for a load, its first rule for watching', async () => {
  await cluster.kubectl(['apply', '-f', 'docs/rbac/ces-compare.yaml'])
  const user = await cluster.createUser('documented')
  for (const role of ['perf-ces-compare', 'perf-ces-compare-load']) {
    await cluster.kubectl([
      'create',
      'clusterrolebinding',
      `documented-${role}`,
      `--clusterrole=${role}`,
      '--user=documented',
    ])
  }
  const { details, record } = await compare(
    cluster,
    0,
    ['--endpoints', '30', '--churn', '10', '--rate', '50', '--yes'],
    user,
  )
  expect(details.slices.basis).toBe('measured')
  expect(record.cluster.nodes).toBe(0)
  const missing = await runCommandLine(cluster.restrictedKubeconfig, ['ces-compare', '--endpoints', '3', '--yes'])
  expect(missing.exitCode).toBe(1)
  expect(missing.stderr).toMatch(/^error: cannot .*: forbidden for user "restricted"/m)
  expect(missing.stderr).toContain('--observe-only, or apply docs/rbac/ces-compare.yaml')
})

test('endpoints without pods have to be confirmed, and why is said', async () => {
  const ended = await runCommandLine(cluster.kubeconfig, ['ces-compare', '--endpoints', '5'])
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ended.stderr).toContain(
    'error: This creates 5 CiliumEndpoints without pods. Every Cilium agent of the cluster learns their addresses, all of 198.18.0.0/15, until they are removed. Confirm it with --yes',
  )
})

test('every object passes a dry run of the API server, and none is made', async () => {
  const ended = await runCommandLine(cluster.kubeconfig, ['ces-compare', '--endpoints', '40', '--dry-run', 'server'])
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(ended.stdout).toBe('40 objects accepted by the API server in namespace default (server dry run)\n')
  expect(await cluster.kubectl(['get', 'ciliumendpoints', '-A', '-o', 'name'])).toBe('')
})

test('Ctrl-C amid the load: what is known is told, and nothing stays', async () => {
  const argv = ['ces-compare', '--endpoints', '500', '--rate', '30', '--yes', '-o', 'json']
  const program = startProgram(cluster.kubeconfig, argv)
  await program.printed(/create: 500/)
  await sleep(3000)
  program.signal('SIGINT')
  const ended = await program.ended
  expect(ended.exitCode, ended.stderr).toBe(130)
  const record = recordOf(ended)
  expect(record.outcome).toBe('aborted')
  const events = record.metrics.find(({ name, labels }) => name === 'watch_events' && labels.type === 'ADDED')
  expect(events?.statistics.value).toBeGreaterThan(0)
  await expectNothingLeft(cluster, record.runId)
})

test('a killed run is found and removed by cleanup, its slices by the operator', async () => {
  const program = startProgram(cluster.kubeconfig, ['ces-compare', '--endpoints', '200', '--rate', '40', '--yes'])
  await program.printed(/create: 200/)
  const [, runId = ''] = /Run (\w{6})\./.exec(program.stderr()) ?? []
  const namespace = `perf-${runId}-0`
  while ((await slicesOf(cluster, namespace)).length === 0) await sleep(200)
  program.signal('SIGKILL')
  await program.ended
  const cleaned = await runCommandLine(cluster.kubeconfig, ['cleanup', '--run', runId, '-y'])
  expect(cleaned.exitCode, cleaned.stderr).toBe(0)
  for (let tries = 0; tries < 100 && (await slicesOf(cluster, namespace)).length > 0; tries += 1) await sleep(300)
  await expectNothingLeft(cluster, runId)
})

test('without configuration to read, objects tell that slices are on', async () => {
  const config = await cluster.kubectl(['get', ...CONFIG, '-o', 'json'])
  await cluster.kubectl(['delete', ...CONFIG])
  try {
    const { details } = await compare(cluster, 0, [
      '--endpoints',
      '40',
      '--label-updates',
      '0',
      '--rate',
      '50',
      '--yes',
    ])
    expect(details.slices).toEqual({ basis: 'measured', because: 'neither configuration nor objects tell' })
    await cluster.kubectl(['create', '-f', '-'], { stdin: endpointYaml('default', 'one') })
    while ((await slicesOf(cluster, 'default')).length === 0) await sleep(200)
    const seen = await compare(cluster, 0, ['--observe-only', '--duration', '1s'])
    expect(seen.details.slices).toEqual({ basis: 'measured', because: 'there are CiliumEndpointSlices' })
    await cluster.kubectl(['delete', 'ciliumendpoint', 'one'])
    while ((await slicesOf(cluster, 'default')).length > 0) await sleep(200)
  } finally {
    await cluster.kubectl(['create', '-f', '-'], { stdin: config })
  }
})

test('an operator that is down is found out within the time-out', async () => {
  await cluster.stop('cilium-operator')
  const load = ['--endpoints', '20', '--rate', '50', '--label-updates', '0', '--timeout', '5s', '--yes']
  const { record } = await compare(cluster, 1, load)
  expect(record.findings[0]).toMatchObject({
    code: 'RunFailed',
    message: '20 changes of CiliumEndpoints, and no CiliumEndpointSlice followed within 5s',
    advice: 'is cilium-operator running? there is no Deployment with the label io.cilium/app=operator',
  })
  const [step] = record.details.steps as { name: string; backlog: number }[]
  expect(step).toMatchObject({ name: 'create', backlog: 20 })
  // Slices that are not written save nothing.
  expect(record.details).toMatchObject({ saved: {}, verdict: [] })
})
