import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from './control-plane.ts'

const execute = promisify(execFile)
let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  cluster = await startControlPlane({ kwokNodes: 3, podsPerNode: 4 })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

/** The command lines of all processes that name the folder: an independent way to find those of a cluster. */
function commandsNaming(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        return []
      }
    })
    .filter((command) => command.includes(folder))
}

test('runs Kubernetes of the pinned version with as many fake nodes as asked for', async () => {
  const version = JSON.parse(await cluster.kubectl(['version', '-o', 'json']))
  expect(version.serverVersion).toMatchObject({ gitVersion: 'v1.34.4', major: '1', minor: '34' })
  expect(version.clientVersion).toMatchObject({ gitVersion: 'v1.34.4' })
  const nodes = JSON.parse(await cluster.kubectl(['get', 'nodes', '-o', 'json'])).items
  expect(nodes.map((node: { metadata: { name: string } }) => node.metadata.name)).toEqual([
    'kwok-0000',
    'kwok-0001',
    'kwok-0002',
  ])
  for (const node of nodes) {
    expect(node.spec.taints).toBeUndefined()
    expect(node.status.allocatable.pods).toBe('4')
  }
})

test('makes pods ready until the nodes are full, and says why the rest waits', async () => {
  await cluster.kubectl(['create', 'namespace', 'full'])
  await cluster.kubectl(['-n', 'full', 'create', 'deployment', 'web', '--image=web:1', '--replicas=13'])
  await expect
    .poll(() => cluster.kubectl(['-n', 'full', 'get', 'deployment', 'web', '-o', 'jsonpath={.status.readyReplicas}']), {
      timeout: 20_000,
    })
    .toBe('12')
  const pending = await cluster.kubectl([
    '-n',
    'full',
    'get',
    'pods',
    '--field-selector=status.phase=Pending',
    '-o',
    'json',
  ])
  expect(JSON.parse(pending).items[0].status.conditions[0].message).toContain('3 Too many pods')
  await cluster.kubectl(['delete', 'namespace', 'full', '--wait=false'])
})

test('gives users that may do nothing until it is granted', async () => {
  const list = ['auth', 'can-i', 'list', 'pods', '-n', 'default']
  const restricted = { kubeconfig: cluster.restrictedKubeconfig }
  expect(await cluster.tryKubectl(list, restricted)).toMatchObject({ stdout: 'no\n', exitCode: 1 })
  const kubeconfig = await cluster.createUser('reader', ['readers'])
  await cluster.kubectl(['create', 'rolebinding', 'readers', '--clusterrole=view', '--group=readers', '-n', 'default'])
  expect(await cluster.kubectl(list, { kubeconfig })).toBe('yes\n')
  expect(await cluster.tryKubectl(list, restricted)).toMatchObject({ stdout: 'no\n', exitCode: 1 })
})

test('a stopped etcd and a hanging API server do as a test tells them', async () => {
  await cluster.signal('kube-apiserver', 'SIGSTOP')
  const hanging = await cluster.tryKubectl(['get', 'namespaces', '--request-timeout=1s'])
  expect(hanging.exitCode).toBe(1)
  await cluster.signal('kube-apiserver', 'SIGCONT')
  expect(await cluster.kubectl(['get', 'namespaces', '-o', 'name'])).toContain('namespace/default')
  await cluster.stop('etcd')
  expect(await cluster.processIds('etcd')).toEqual([])
  expect((await cluster.tryKubectl(['create', 'namespace', 'lost', '--request-timeout=2s'])).exitCode).toBe(1)
  await cluster.start('etcd')
  await expect
    .poll(async () => (await cluster.tryKubectl(['create', 'namespace', 'found'])).exitCode, { timeout: 30_000 })
    .toBe(0)
})

test('restarts the API server, with other flags if a test wants them', async () => {
  const before = await cluster.processIds('kube-apiserver')
  await cluster.restartApiServer(['--max-requests-inflight=7'])
  const [pid] = await cluster.processIds('kube-apiserver')
  expect(before).not.toContain(pid)
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')).toContain('--max-requests-inflight=7')
  expect(await cluster.kubectl(['get', '--raw', '/readyz'])).toBe('ok')
})

test('two clusters at once share nothing', async () => {
  const other = await startControlPlane()
  try {
    expect(other.server).not.toBe(cluster.server)
    await other.kubectl(['create', 'namespace', 'only-there'])
    expect(await cluster.kubectl(['get', 'namespaces', '-o', 'name'])).not.toContain('only-there')
    const foreign = await cluster.tryKubectl(['get', 'namespaces', `--server=${other.server}`])
    expect(foreign.stderr).toContain('certificate signed by unknown authority')
  } finally {
    await other[Symbol.asyncDispose]()
  }
  expect(commandsNaming(other.folder)).toEqual([])
  expect(existsSync(other.folder)).toBe(false)
  expect(await cluster.kubectl(['get', '--raw', '/readyz'])).toBe('ok')
})

test('a start that fails says why, keeps the logs and leaves nothing else', async () => {
  const error = await startControlPlane({ apiServerFlags: ['--no-such-flag'] }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(String(error)).toContain('unknown flag: --no-such-flag')
  const logs = /in (\S+-logs)$/.exec((error as { advice: string[] }).advice[0] ?? '')?.[1] ?? ''
  expect(readdirSync(logs)).toContain('kube-apiserver.log')
  expect(commandsNaming(logs.replace(/-logs$/, ''))).toEqual([])
  await execute('rm', ['-r', logs])
})

test('kill -9 of the owner leaves neither process nor file', async () => {
  const module = new URL('control-plane.ts', import.meta.url).href
  const script = `import { startControlPlane } from '${module}'
    const cluster = await startControlPlane({ kwokNodes: 1 })
    console.log(cluster.folder)
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const folder = await new Promise<string>((resolve) => {
    owner.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()))
  })
  // Five components; the watchdog names the cluster, not its folder.
  expect(commandsNaming(folder)).toHaveLength(5)
  owner.kill('SIGKILL')
  await expect.poll(() => [commandsNaming(folder), existsSync(folder)], { timeout: 20_000 }).toEqual([[], false])
})
