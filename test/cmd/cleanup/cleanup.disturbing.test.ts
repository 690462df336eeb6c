import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf } from '../run-command-line.ts'
import { type Program, startProgram } from '../start-program.ts'

// Its own control plane: what these commands remove without asking would be the runs of other tests.

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ kwokNodes: 3 })
  await cluster.kubectl(['create', 'namespace', 'team-a'])
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

const start = (...argv: string[]) => startProgram(cluster.kubeconfig, argv)
const cleanup = (...argv: string[]) => start('cleanup', ...argv).ended

const own = ['--namespaces', '3']
const guest = ['--namespace', 'team-a', '--no-create-namespace']

/** Starts a run that goes on for long, and gives its id once it creates pods. */
async function startRun(...argv: string[]): Promise<{ run: Program; runId: string }> {
  const run = start('density', '--iterations', '500', '--qps', '10', '--timeout', '10m', '-o', 'json', ...argv)
  await run.printed(/^create: /m)
  return { run, runId: /Run (\w+)\.$/m.exec(run.stderr())?.[1] ?? '' }
}

/** A run that ends without a word, as by a crash of its machine. */
async function startAndKill(...argv: string[]): Promise<string> {
  const { run, runId } = await startRun(...argv)
  run.signal('SIGKILL')
  await run.ended
  return runId
}

/** Sets the sign of life of a run back, as if so much time had gone by. */
async function silence(runId: string, seconds = 31): Promise<void> {
  const heartbeat = `kubectl-perf/heartbeat=${new Date(Date.now() - seconds * 1000).toISOString()}`
  const found = await cluster.tryKubectl(['annotate', '--overwrite', 'namespace', `perf-${runId}-0`, heartbeat])
  if (found.exitCode !== 0) {
    await cluster.kubectl(['-n', 'team-a', 'annotate', '--overwrite', 'configmap', `perf-${runId}`, heartbeat])
  }
}

/** Everything that carries the label of a run, or of any run. */
function objectsOf(runId?: string): Promise<string> {
  const kinds = 'namespaces,pods,configmaps,deployments,replicasets'
  const label = `kubectl-perf/run${runId === undefined ? '' : `=${runId}`}`
  return cluster.kubectl(['get', kinds, '-A', '-l', label, '-o', 'name'])
}

/** A run that went on undisturbed until it was stopped. */
async function expectUndisturbed(run: Program): Promise<void> {
  run.signal('SIGINT')
  const { outcome, findings } = recordOf(await run.ended)
  const faults = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  expect({ outcome, faults }).toEqual({ outcome: 'aborted', faults: [] })
}

function rowOf(runId: string, stdout: string): string[] {
  const row = stdout.split('\n').find((line) => line.startsWith(runId)) ?? ''
  return row.split(/ {3,}/)
}

test('without any run there is nothing to do', async () => {
  expect(await cleanup()).toEqual({ exitCode: 0, stdout: '', stderr: 'No resources of kubectl-perf found.\n' })
})

test('removes a killed run once its heartbeat is old, and leaves the living alone', async () => {
  const killed = await startAndKill(...own)
  const living = await startRun(...own)
  const early = await cleanup('-y')
  expect(early).toMatchObject({ exitCode: 0, stderr: 'Nothing to remove: --run ID removes what is alive or kept.\n' })
  expect(rowOf(killed, early.stdout)).toEqual([
    killed,
    `perf-${killed}-0,perf-${killed}-1,perf-${killed}-2`,
    '<none>',
    expect.stringMatching(/^[\dhms]+ ago$/),
    'alive',
    'leave',
    expect.stringMatching(/^kubectl perf density .*--iterations 500/),
  ])
  await silence(killed)
  const late = await cleanup('-y')
  expect(late.exitCode).toBe(0)
  expect(rowOf(killed, late.stdout).slice(4, 6)).toEqual(['dead', 'remove'])
  expect(rowOf(living.runId, late.stdout).slice(4, 6)).toEqual(['alive', 'leave'])
  expect(late.stdout).toMatch(new RegExp(`\nRemoved ${killed}\\.\n$`))
  expect(await objectsOf(killed)).toBe('')
  await expectUndisturbed(living.run)
  expect(await objectsOf()).toBe('')
})

test('a run that was killed while it made its namespaces', async () => {
  const run = start('density', '--iterations', '300', '--timeout', '10m')
  await run.printed(/^namespaces: /m)
  const runId = /Run (\w+)\.$/m.exec(run.stderr())?.[1] ?? ''
  await expect.poll(() => objectsOf(runId), { interval: 20, timeout: 10_000 }).toContain(`perf-${runId}-5\n`)
  run.signal('SIGKILL')
  await run.ended
  await silence(runId)
  expect(await cleanup('-y')).toMatchObject({ exitCode: 0 })
  expect(await objectsOf()).toBe('')
})

test('namespaces of a run whose heartbeat went with its first namespace', async () => {
  const runId = await startAndKill(...own)
  await cluster.kubectl(['delete', 'namespace', `perf-${runId}-0`])
  const ended = await cleanup('-y')
  expect(ended.exitCode).toBe(0)
  expect(rowOf(runId, ended.stdout).slice(3)).toEqual(['<unknown>', 'dead', 'remove', '<unknown>'])
  expect(await objectsOf()).toBe('')
})

test('in an existing namespace, only objects of the run go, also by a user with rights there alone', async () => {
  await cluster.kubectl(['-n', 'team-a', 'create', 'configmap', 'not-ours'])
  await cluster.kubectl(['-n', 'team-a', 'create', 'deployment', 'not-ours', '--image=registry.k8s.io/pause:3.10'])
  const kubeconfig = await cluster.createUser('cleaner')
  await cluster.kubectl(['-n', 'team-a', 'apply', '-f', 'docs/rbac/density-in-namespace.yaml'])
  await cluster.kubectl(['-n', 'team-a', 'create', 'rolebinding', 'cleaner', '--role=perf-density', '--user=cleaner'])
  const runId = await startAndKill('--workload', 'deployments', ...guest)
  const living = await startRun(...guest)
  await silence(runId)
  const refused = await startProgram(kubeconfig, ['cleanup', '-y']).ended
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('cannot list resource "namespaces"')
  expect(refused.stderr).toMatch(/\(docs\/rbac\)\n {2}--namespace NAMESPACE looks in that one alone/)
  const ended = await startProgram(kubeconfig, ['cleanup', '--namespace', 'team-a', '-y']).ended
  expect(ended.stderr).toBe(`Removing run ${runId}\n`)
  expect(ended.exitCode).toBe(0)
  expect(rowOf(runId, ended.stdout).slice(1, 3)).toEqual(['<none>', 'team-a'])
  expect(rowOf(living.runId, ended.stdout).slice(4, 6)).toEqual(['alive', 'leave'])
  expect(await objectsOf(runId)).toBe('')
  await expectUndisturbed(living.run)
  expect(await objectsOf()).toBe('')
  const rest = await cluster.kubectl(['-n', 'team-a', 'get', 'configmap,deployment', '-o', 'name'])
  expect(rest.split('\n')).toEqual(expect.arrayContaining(['configmap/not-ours', 'deployment.apps/not-ours']))
})

test('--namespace of a living run’s own namespace finds nothing to remove', async () => {
  const { run, runId } = await startRun('--workload', 'api-load', ...own)
  const ended = await cleanup('--namespace', `perf-${runId}-0`, '-y')
  const stderr = `No resources of kubectl-perf found in namespace perf-${runId}-0. Namespaces that a run made are found without --namespace.\n`
  expect(ended).toEqual({ exitCode: 0, stdout: '', stderr })
  await expectUndisturbed(run)
})

test('a living run that is removed by name ends with an error, and nothing stays', async () => {
  const { run, runId } = await startRun(...guest)
  expect(await cleanup('--run', runId, '-y')).toMatchObject({ exitCode: 0 })
  const ended = await run.ended
  expect(ended.exitCode).toBe(1)
  expect(recordOf(ended)).toMatchObject({ outcome: 'error' })
  expect(recordOf(ended).findings.map(({ code }) => code)).toContain('RunFailed')
  expect(await objectsOf()).toBe('')
})

test('a run that is not there', async () => {
  expect(await cleanup('--run', 'zzzzzz', '-y')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      'error: run "zzzzzz" not found\n  nothing of any run is there: it has cleaned up, or was elsewhere (--context, --namespace)\n',
  })
})

test('asks on a terminal: no, Ctrl-C, yes; and refuses to guess elsewhere', async () => {
  const runId = await startAndKill(...guest)
  await silence(runId)
  expect((await cleanup('--run', 'zzzzzz', '-y')).stderr).toBe(`error: run "zzzzzz" not found\n  found: ${runId}\n`)
  const elsewhere = await cleanup()
  expect(elsewhere.exitCode).toBe(2)
  expect(elsewhere.stderr).toContain('error: This removes one run. Confirm it with --yes\n')
  const ask = async () => {
    const program = startProgram(cluster.kubeconfig, ['cleanup'], { terminal: true })
    await program.printed(/This removes one run\. Continue\? \[y\/N\] $/)
    return program
  }
  const no = await ask()
  no.type('n\n')
  expect(await no.ended).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('error: not confirmed: nothing was done') as string,
  })
  const interrupted = await ask()
  interrupted.type('\u0003')
  expect(await interrupted.ended).toMatchObject({
    exitCode: 130,
    stderr: expect.stringContaining('Interrupted by SIGINT') as string,
  })
  expect(await objectsOf(runId)).toContain(`configmap/perf-${runId}\n`)
  const yes = await ask()
  yes.type('y\n')
  expect(await yes.ended).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining(`Removed ${runId}.`) as string,
  })
  expect(await objectsOf()).toBe('')
})

test('--all removes the living and what was kept', async () => {
  const kept = recordOf(await start('density', '--iterations', '2', ...own, '--keep', '-o', 'json').ended).runId
  const guests = recordOf(await start('density', '--iterations', '2', ...guest, '--keep', '-o', 'json').ended).runId
  const living = await startRun(...guest)
  const ended = await cleanup('--all', '-y')
  expect(ended.exitCode).toBe(0)
  expect(rowOf(kept, ended.stdout).slice(4, 6)).toEqual(['kept', 'remove'])
  expect(rowOf(guests, ended.stdout).slice(1, 3)).toEqual(['<none>', 'team-a'])
  expect(rowOf(living.runId, ended.stdout).slice(4, 6)).toEqual(['alive', 'remove'])
  await living.run.ended
  expect(await objectsOf()).toBe('')
})

test('interrupted while it waits for a run to go', async () => {
  const runId = await startAndKill(...own)
  await silence(runId)
  const program = start('cleanup', '-y')
  await program.printed(/^Removing run/m)
  program.signal('SIGINT')
  expect(await program.ended).toMatchObject({
    exitCode: 130,
    stderr: `Removing run ${runId}\nInterrupted by SIGINT\n`,
  })
  await silence(runId).catch(() => {})
  expect((await cleanup('-y')).exitCode).toBe(0)
  expect(await objectsOf()).toBe('')
})

test('two runs at once do not touch each other', async () => {
  const runs = [own, guest, guest].map((argv) =>
    start('density', '--iterations', '60', '--qps', '30', '-o', 'json', ...argv),
  )
  const third = await startRun(...guest)
  third.run.signal('SIGINT')
  await third.run.ended
  for (const run of runs) {
    const { outcome, findings, metrics } = recordOf(await run.ended)
    expect(outcome, JSON.stringify(findings)).toBe('passed')
    const measured = metrics.find(({ name }) => name === 'pods_measured')
    expect(measured?.statistics.value).toBe(60)
  }
  expect(await objectsOf()).toBe('')
})
