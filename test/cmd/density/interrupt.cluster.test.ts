import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { recordOf } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'
import { script } from './open-terminal.ts'

// Real signals to the program as a process of its own, in each phase of a run.

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
  await cluster.kubectl(['create', 'namespace', 'interrupted'])
  return async () => void (await cluster.kubectl(['delete', 'namespace', 'interrupted', '--wait=false']))
})

const density = (...argv: string[]) => startProgram(cluster.kubeconfig, ['density', '-o', 'json', ...argv])

/** Everything that carries the label of a run, by the real kubectl. */
function leftOver(runId: string): Promise<string> {
  const kinds = 'namespaces,pods,configmaps,deployments,replicasets,secrets,services'
  return cluster.kubectl(['get', kinds, '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])
}

const few = ['--namespaces', '3']
const guest = ['--namespace', 'interrupted', '--no-create-namespace']

describe.concurrent('the first signal', () => {
  test.each([
    ['namespaces', 'SIGINT', ['--iterations', '60']],
    ['create', 'SIGINT', ['--iterations', '200', '--qps', '20', ...few]],
    ['create', 'SIGTERM', ['--iterations', '300', '--qps', '0', ...few]],
    ['create', 'SIGINT', ['--iterations', '200', '--qps', '40', ...guest]],
    ['ready', 'SIGINT', ['--iterations', '3', '--qps', '0', '--node-selector', 'no=such', ...few]],
    ['delete', 'SIGINT', ['--iterations', '150', '--qps', '0', ...few]],
    ['clean-up', 'SIGINT', ['--iterations', '3', '--qps', '0', ...few]],
    ['create', 'SIGINT', ['--iterations', '100', '--workload', 'deployments', '--qps', '20', ...few]],
    ['create', 'SIGINT', ['--iterations', '20', '--workload', 'deployments', '--qps', '10', ...guest]],
    ['create', 'SIGINT', ['--iterations', '100', '--workload', 'cluster', '--qps', '50', ...few]],
    ['list', 'SIGTERM', ['--iterations', '30', '--workload', 'api-load', '--qps', '100', ...few]],
    ['update', 'SIGTERM', ['--iterations', '30', '--workload', 'api-load', '--qps', '150', ...guest]],
  ] as const)('in the phase %s, %s: cleaned up, and what is known is printed (%j)', async (phase, signal, argv) => {
    const program = density(...argv)
    await program.printed(new RegExp(`^${phase}: `, 'm'))
    program.signal(signal)
    const ended = await program.ended
    const record = recordOf(ended)
    // kubectl looks at the moment when the program has ended: nothing goes later.
    expect(await leftOver(record.runId)).toBe('')
    expect(ended.exitCode, ended.stderr).toBe(signal === 'SIGINT' ? 130 : 143)
    expect(record.outcome).toBe('aborted')
    expect(record.findings.map(({ code }) => code)).not.toContain('LeftBehind')
    expect(record.phases.map(({ name }) => name)).toContain(phase)
  })
})

describe('the second signal', () => {
  test.each([
    [few, ''],
    [guest, ' --namespace interrupted'],
  ])('leaves at once and says how to remove what stays (%j)', async (argv, flags) => {
    const program = density('--iterations', '200', '--qps', '10', ...argv)
    await program.printed(/^create: /m)
    const runId = /Run (\w+)\.$/m.exec(program.stderr())?.[1] ?? ''
    const release = await holdPod(runId)
    program.signal('SIGINT')
    await program.printed(/^clean-up: /m)
    program.signal('SIGINT')
    const { exitCode, stdout, stderr } = await program.ended
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' })
    const command = `cleanup --run ${runId} -y${flags}`
    expect(stderr).toMatch(
      new RegExp(
        `\\nLeft at once: objects of this run stay in the cluster\\. Remove them with\\n  kubectl perf ${command}\\n$`,
      ),
    )
    expect(await leftOver(runId)).not.toBe('')
    await release()
    expect(await startProgram(cluster.kubeconfig, command.split(' ')).ended).toMatchObject({ exitCode: 0 })
    expect(await leftOver(runId)).toBe('')
  })
})

describe.concurrent('the terminal', () => {
  test('closed: cleaned up, with what is known in its directory', async ({ onTestFinished }) => {
    const { files, record } = await closeTerminal('', onTestFinished)
    // kubectl looks once the program has ended: nothing goes later.
    expect(await leftOver(record.runId)).toBe('')
    expect(files.status).toBe('129\n')
    expect(record.outcome).toBe('aborted')
    expect(record.findings.map(({ code }) => code)).not.toContain('LeftBehind')
    expect(record.phases.map(({ name }) => name)).toContain('create')
    expect(files['run/run.log']).toContain(' The terminal is gone: stopping and cleaning up.\n')
  })

  test('closed under nohup: the run goes on as if nothing was', async ({ onTestFinished }) => {
    const { files, record } = await closeTerminal('nohup', onTestFinished)
    expect(await leftOver(record.runId)).toBe('')
    expect(files.status).toBe('0\n')
    expect(record.outcome).toBe('passed')
    expect(files.output).toMatch(/^PASSED in .* Nothing left behind\.$/m)
  })

  test('left for a while by Ctrl-Z: the run says that its times contain that', async () => {
    const program = density('--iterations', '40', '--qps', '20', ...few)
    await program.printed(/^create: /m)
    program.signal('SIGSTOP')
    await sleep(4000)
    program.signal('SIGCONT')
    const record = recordOf(await program.ended)
    expect(record.outcome).toBe('passed')
    const { message = '', severity } = record.findings.find(({ code }) => code === 'ProgramStoodStill') ?? {}
    expect(severity).toBe('warning')
    const longest = /^this program stood still .*, for (up to )?([\d.]+)s \(/.exec(message)?.[2]
    expect(Number(longest)).toBeGreaterThan(3)
  })
})

const FILES = ['status', 'output', 'run/run.log', 'run/run.json'] as const

/** Closes the terminal of a run amid its phase create, waits for its end, and gives what it wrote. */
async function closeTerminal(nohup: '' | 'nohup', onEnd: (work: () => Promise<void>) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'closed-terminal-'))
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '')
  const run = `${nohup} '${process.execPath}' '${script}' density --iterations 150 --qps 25 ${few.join(' ')}`
  const redirected = nohup === '' ? '' : `>'${folder}/output' 2>&1`
  // The kernel tells the first shell, which ends; with that its foreground processes are told: the second shell, which
  // stays to write the exit code, and the program.
  const shell = `trap : HUP; ${run} --output-dir '${folder}/run' ${redirected}; echo $? >'${folder}/status'`
  const terminal = spawn('script', ['-qefc', 'sh -c "$SHELL_WITH_RUN"; true', '/dev/null'], {
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      TERM: 'xterm',
      KUBECONFIG: cluster.kubeconfig,
      SHELL_WITH_RUN: shell,
    },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  onEnd(async () => {
    terminal.kill('SIGKILL')
    await rm(folder, { recursive: true })
  })
  // Not expect.poll, which knows one test at a time: these run at once.
  const patiently = { timeout: 120_000, interval: 50 }
  // Pods are being made, and most of them are still to be made.
  await vi.waitFor(async () => expect(await read('run/samples.ndjson')).toContain('"pod_ready_latency"'), patiently)
  terminal.kill('SIGKILL')
  await vi.waitFor(async () => expect(await read('status')).not.toBe(''), patiently)
  const texts = await Promise.all(FILES.map(async (name) => [name, await read(name)] as const))
  const files = Object.fromEntries(texts) as Record<(typeof FILES)[number], string>
  return { files, record: JSON.parse(files['run/run.json']) as RunRecord }
}

/** Keeps a pod of a run from going until it is released. */
async function holdPod(runId: string): Promise<() => Promise<void>> {
  const path = 'jsonpath={.items[0].metadata.namespace} {.items[0].metadata.name}'
  const get = ['get', 'pods', '-A', '-l', `kubectl-perf/run=${runId}`, '-o', path]
  const pod = await vi.waitFor(
    async () => {
      const words = (await cluster.tryKubectl(get)).stdout.split(' ')
      expect(words).toHaveLength(2)
      return words
    },
    { timeout: 60_000, interval: 50 },
  )
  const [namespace = '', name = ''] = pod
  const setFinalizers = async (value: string) => {
    const patch = `{"metadata":{"finalizers":${value}}}`
    await cluster.kubectl(['-n', namespace, 'patch', 'pod', name, '--type=merge', '-p', patch])
  }
  await setFinalizers('["example.com/hold"]')
  return () => setFinalizers('null')
}
