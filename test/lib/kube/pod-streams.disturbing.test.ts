import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type KubeClient } from '../../../lib/kube/client.ts'
import { exchangeOver } from '../../../lib/kube/http/exchange-over.ts'
import type { ExecOptions } from '../../../lib/kube/streams/exec.ts'
import { runInPod } from '../../../lib/kube/streams/run-in-pod.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { kubectlPortForward } from './kubectl-port-forward.ts'

// Commands in real containers, and connections to real ports, beside what the real kubectl makes of the same.

const NAMESPACE = 'streams'
const POD = { namespace: NAMESPACE, pod: 'two' }
const SHELL = { ...POD, container: 'shell' }
const OPTIONS = { timeoutMs: 60_000 }

let cluster: ControlPlane & AsyncDisposable
let client: KubeClient

const connectAs = (kubeconfig: string) =>
  connect({ kubeconfig }, { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder })

const sh = (script: string, options: Partial<ExecOptions> = {}) =>
  runInPod(client, SHELL, ['sh', '-c', script], { ...OPTIONS, ...options })

beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 1 })
  client = await connectAs(cluster.kubeconfig)
  const pod = (name: string, containers: object[]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE },
    spec: { terminationGracePeriodSeconds: 0, restartPolicy: 'Never', containers },
  })
  const busybox = { image: 'busybox', imagePullPolicy: 'IfNotPresent' }
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    pod('two', [
      { ...busybox, name: 'shell', command: ['sleep', '100000'] },
      { ...busybox, name: 'web', image: 'nginx' },
    ]),
    pod('done', [{ ...busybox, name: 'once', command: ['true'] }]),
    pod('waiting', [{ ...busybox, name: 'never', image: 'nowhere.example/none' }]),
  ]
  await cluster.kubectl(['apply', '-f', '-'], {
    stdin: objects.map((object) => JSON.stringify(object)).join('\n---\n'),
  })
  await cluster.kubectl(['wait', 'pod/two', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s'])
  const finished = ['wait', 'pod/done', '-n', NAMESPACE, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=60s']
  await cluster.kubectl(finished)
})

afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await cluster[Symbol.asyncDispose]()
})

test('exit codes, both outputs, both containers', async () => {
  expect(await sh('echo out; echo err >&2; exit 42')).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 42 })
  const codes = await Promise.all([0, 1, 127, 255].map((code) => sh(`exit ${code}`)))
  expect(codes.map(({ exitCode }) => exitCode)).toEqual([0, 1, 127, 255])
  const web = await runInPod(client, { ...POD, container: 'web' }, ['cat', '/proc/1/comm'], OPTIONS)
  const shell = await runInPod(client, SHELL, ['cat', '/proc/1/comm'], OPTIONS)
  const byKubectl = (container: string) =>
    cluster.kubectl(['exec', '-n', NAMESPACE, 'two', '-c', container, '--', 'cat', '/proc/1/comm'])
  expect([web.stdout, shell.stdout]).toEqual([await byKubectl('web'), await byKubectl('shell')])
  expect(web.stdout).not.toBe(shell.stdout)
})

test('much output and much input arrive whole', async () => {
  const { stdout } = await sh(
    'head -c 5000000 /dev/urandom > /tmp/random; base64 /tmp/random; sha256sum < /tmp/random >&2',
  )
  const { stdout: again } = await sh('base64 -d | sha256sum', { stdin: stdout })
  expect(stdout.length).toBeGreaterThan(6_000_000)
  expect(again).toBe((await sh('sha256sum < /tmp/random')).stdout)
})

test('an input that is fed line by line, and its end', async () => {
  const lines: string[] = []
  const command = client.exec(SHELL, ['sh', '-c', 'while read line; do echo "got $line"; done; echo end'], {
    ...OPTIONS,
    stdin: true,
    onStdout(chunk) {
      lines.push(Buffer.from(chunk).toString())
      if (lines.length < 3) command.write(`line ${lines.length}\n`)
      else command.endInput()
    },
  })
  command.write('line 0\n')
  expect((await command.done).stdout).toBe('got line 0\ngot line 1\ngot line 2\nend\n')
})

test('fifty commands wait inside their containers until they are let go together', async () => {
  const count = 50
  let ready = 0
  const all = Promise.withResolvers<void>()
  const commands = Array.from({ length: count }, (_, index) =>
    client.exec(SHELL, ['sh', '-c', `echo ready; read _; date +%s%N; exit ${index}`], {
      timeoutMs: 120_000,
      stdin: true,
      onStdout(chunk) {
        if (Buffer.from(chunk).toString() === 'ready\n' && ++ready === count) all.resolve()
      },
    }),
  )
  await Promise.race([all.promise, ...commands.map((command) => command.done)])
  const running = await sh("ps | grep -c '[e]cho ready'")
  expect(Number(running.stdout)).toBeGreaterThanOrEqual(count)
  for (const command of commands) command.write('\n')
  const results = await Promise.all(commands.map((command) => command.done))
  expect(results.map(({ exitCode }) => exitCode)).toEqual(commands.map((_, index) => index))
})

test('an abort ends a command that reads its input', async () => {
  const abort = new AbortController()
  const started = Promise.withResolvers<number>()
  const command = client.exec(SHELL, ['sh', '-c', 'echo $$; exec cat'], {
    ...OPTIONS,
    stdin: true,
    signal: abort.signal,
    onStdout: (chunk) => started.resolve(Number(Buffer.from(chunk).toString())),
  })
  const pid = await started.promise
  const isRunning = async () => (await sh(`test -d /proc/${pid}`)).exitCode === 0
  expect(await isRunning()).toBe(true)
  abort.abort(new Error('enough'))
  await expect(command.done).rejects.toThrow('enough')
  await expect.poll(isRunning, { timeout: 20_000, interval: 200 }).toBe(false)
})

interface Case {
  readonly name: string
  readonly pod: string
  readonly container?: string
  readonly command: readonly string[]
}

test.each<Case>([
  { name: 'a pod that is not there', pod: 'nope', command: ['true'] },
  { name: 'a container that is not there', pod: 'two', container: 'nope', command: ['true'] },
  { name: 'a container that has not started', pod: 'waiting', container: 'never', command: ['true'] },
])('$name: the words of kubectl', async ({ pod, container, command }) => {
  const asked = client.exec({ namespace: NAMESPACE, pod, container }, command, OPTIONS)
  const message = await asked.done.then(
    () => 'it ran',
    (error: unknown) => (error as Error).message,
  )
  const { stderr } = await cluster.tryKubectl([
    'exec',
    '-n',
    NAMESPACE,
    pod,
    ...(container === undefined ? [] : ['-c', container]),
    '--',
    ...command,
  ])
  expect(`${message}\n`).toBe(stderr)
})

test('a pod that has ended', async () => {
  await expect(runInPod(client, { ...POD, pod: 'done' }, ['true'], OPTIONS)).rejects.toMatchObject({
    name: 'ApiError',
    message: 'error: Internal error occurred: unable to upgrade connection: container not found ("once")',
  })
})

test('a command that is not there: the words of kubectl, but for the number of the try', async () => {
  const numberless = (words: string) => words.trim().replace(/[0-9a-f]{64}/, 'ID')
  const error = await runInPod(client, SHELL, ['no-such-command'], OPTIONS).catch((reason: unknown) => reason)
  const { stderr } = await cluster.tryKubectl(['exec', '-n', NAMESPACE, 'two', '-c', 'shell', '--', 'no-such-command'])
  expect(error).toMatchObject({ name: 'ApiError', code: 500 })
  expect(numberless((error as Error).message)).toBe(numberless(stderr))
})

test('without the right to, and with no more than it takes', async () => {
  const user = 'streams-user'
  const kubeconfig = await cluster.createUser(user)
  await using limited = await connectAs(kubeconfig)
  await expect(runInPod(limited, SHELL, ['true'], OPTIONS)).rejects.toMatchObject({
    name: 'ApiError',
    code: 403,
    message: `Error from server (Forbidden): pods "two" is forbidden: User "${user}" cannot get resource "pods/exec" in API group "" in the namespace "${NAMESPACE}"`,
    advice: ['this needs the verbs get and create on pods/exec in the namespace'],
  })
  const role = ['--verb=get,create', '--resource=pods/exec,pods/portforward']
  await cluster.kubectl(['create', 'role', user, '-n', NAMESPACE, ...role])
  await cluster.kubectl(['create', 'rolebinding', user, '-n', NAMESPACE, `--role=${user}`, `--user=${user}`])
  await expect.poll(() => runInPod(limited, SHELL, ['echo', 'x'], OPTIONS).catch(() => undefined)).toBeDefined()
  const connection = await limited.connectToPod(POD, 80)
  connection.write('GET / HTTP/1.0\r\n\r\n')
  expect(await text(connection)).toContain('200 OK')
})

interface HttpAnswer {
  code: number
  body: string
}

async function getByKubectl(port: number, path: string): Promise<HttpAnswer> {
  const outgoing = request({ host: '127.0.0.1', port, path, agent: false }).end()
  const [response] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage]
  return { code: response.statusCode ?? 0, body: await text(response) }
}

async function get(path: string): Promise<HttpAnswer> {
  const connection = await client.connectToPod(POD, 80)
  try {
    const { code, body } = await exchangeOver(connection, { path, headers: { host: 'two' } }, 1 << 20)
    return { code, body: body.toString('utf8') }
  } finally {
    connection.destroy()
  }
}

test('a connection to a pod serves what it serves through kubectl', async () => {
  await using theirs = await kubectlPortForward(cluster, POD, 80)
  for (const path of ['/', '/nothing-there'])
    expect(await get(path)).toEqual(await getByKubectl(theirs.localPort, path))
  const answers = await Promise.all(Array.from({ length: 30 }, () => get('/')))
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([200]))
})

test('a port where nobody listens, and a pod that does not run', async () => {
  const connection = await client.connectToPod(POD, 81)
  await expect(text(connection)).rejects.toMatchObject({ kind: 'refused' })
  const waiting = async () => text(await client.connectToPod({ ...POD, pod: 'waiting' }, 80))
  await expect(waiting()).rejects.toThrow(/^error: |^Error from server /)
})

test('an API server that goes away in the middle is an error, and never a success', async () => {
  const ready = Promise.withResolvers<void>()
  const command = client.exec(SHELL, ['sh', '-c', 'echo partial; sleep 3; echo rest'], {
    ...OPTIONS,
    onStdout: () => ready.resolve(),
  })
  const connection = await client.connectToPod(POD, 80)
  const broken = expect(text(connection)).rejects.toMatchObject({ name: 'ConnectionError', kind: 'lost' })
  await ready.promise
  await cluster.restartApiServer()
  await expect(command.done).rejects.toMatchObject({ name: 'ConnectionError', kind: 'lost' })
  await broken
  expect((await sh('echo again')).stdout).toBe('again\n')
})

test('an API server before v1.30 hands everything on to the container runtime, which knows v4 only', async () => {
  const gates = 'TranslateStreamCloseWebsocketRequests=false,PortForwardWebsockets=false'
  await cluster.restartApiServer([`--feature-gates=${gates}`])
  expect(await sh('echo out; echo err >&2; exit 42')).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 42 })
  const command = client.exec(SHELL, ['sh', '-c', 'read line; echo "got $line"'], { ...OPTIONS, stdin: true })
  command.write('this\n')
  expect((await command.done).stdout).toBe('got this\n')
  await expect(sh('cat', { stdin: 'text' })).rejects.toMatchObject({
    message: 'error: this API server cannot tell a command that its input has ended',
  })
  const connection = await client.connectToPod(POD, 80)
  connection.write('GET / HTTP/1.0\r\n\r\n')
  expect(await text(connection)).toContain('200 OK')
})
