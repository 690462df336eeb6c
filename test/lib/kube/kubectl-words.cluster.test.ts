import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionOptions } from '../../../lib/kube/kubeconfig/connection-options.ts'
import { certificateFile, createAuthority } from '../../cluster/certificates.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { startFaultServer } from './fault-server.ts'
import { askBoth, type Situation, type Words } from './kubectl-words.ts'

// What kubectl says is the reference: the same configuration and the same request, to the real one and to this client.

let cluster: ControlPlane
let folder = ''
let readerKubeconfig = ''
let says: Words
beforeAll(async () => {
  cluster = await sharedCluster()
  folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-words-'))
  says = askBoth(cluster.kubectlPath, folder)
  readerKubeconfig = await cluster.createUser('words-reader')
  await mkdir(join(folder, 'foreign'))
  await createAuthority(join(folder, 'foreign'))
})
afterAll(() => rm(folder, { recursive: true }))

const adminKubeconfig = () => ({
  options: { kubeconfig: cluster.kubeconfig },
  flags: ['--kubeconfig', cluster.kubeconfig],
})
const with_ = (more: ConnectionOptions, flags: readonly string[]): Situation => {
  const admin = adminKubeconfig()
  return { options: { ...admin.options, ...more }, flags: [...admin.flags, ...flags] }
}

async function written(name: string, text: string): Promise<Situation> {
  const path = join(folder, name)
  await writeFile(path, text)
  return { options: { kubeconfig: path }, flags: ['--kubeconfig', path] }
}

const CONTEXT = 'contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n'
const configured = (name: string, user: string, more = '') =>
  written(
    name,
    `clusters: [{name: c, cluster: {server: "${cluster.server}", certificate-authority: "${cluster.caFile}"${more}}}]\nusers: [{name: u, user: {${user}}}]\n${CONTEXT}`,
  )

test.for<[string, () => Situation | Promise<Situation>]>([
  ['a context that does not exist', () => with_({ context: 'nope' }, ['--context', 'nope'])],
  ['a cluster that does not exist', () => with_({ cluster: 'nope' }, ['--cluster', 'nope'])],
  ['a user that does not exist', () => with_({ user: 'nope' }, ['--user', 'nope'])],
  [
    'a kubeconfig that does not exist',
    () => ({ options: { kubeconfig: '/no/such' }, flags: ['--kubeconfig', '/no/such'] }),
  ],
  ['no kubeconfig at all', () => ({})],
  ['a current context that does not exist', () => written('current', 'current-context: nope\n')],
  ['a server that refuses', () => with_({ server: 'https://127.0.0.1:1' }, ['--server', 'https://127.0.0.1:1'])],
  ['a scheme that is none', () => with_({ server: 'ftp://127.0.0.1' }, ['--server', 'ftp://127.0.0.1'])],
  ['another server name', () => with_({ tlsServerName: 'foo.bar' }, ['--tls-server-name', 'foo.bar'])],
  [
    'trust and no trust',
    () =>
      with_({ certificateAuthority: cluster.caFile, insecureSkipTlsVerify: true }, [
        `--certificate-authority=${cluster.caFile}`,
        '--insecure-skip-tls-verify',
      ]),
  ],
  ['a group without a user', () => with_({ asGroups: ['g'] }, ['--as-group', 'g'])],
  ['a token that is wrong', () => configured('token', 'token: wrong')],
  ['a path that is not there', () => ({ ...adminKubeconfig(), path: '/nope' })],
  ['an object that is not there', () => ({ ...adminKubeconfig(), path: '/api/v1/namespaces/default/pods/nope' })],
  ['a namespace that is not there', () => ({ ...adminKubeconfig(), path: '/api/v1/namespaces/nope' })],
  [
    'something forbidden in a namespace',
    () => ({
      options: { kubeconfig: readerKubeconfig },
      flags: ['--kubeconfig', readerKubeconfig],
      path: '/api/v1/namespaces/default/pods',
    }),
  ],
  [
    'something forbidden in the cluster',
    () => ({
      options: { kubeconfig: readerKubeconfig },
      flags: ['--kubeconfig', readerKubeconfig],
      path: '/api/v1/nodes',
    }),
  ],
  [
    'a path that is forbidden',
    () => ({ options: { kubeconfig: readerKubeconfig }, flags: ['--kubeconfig', readerKubeconfig], path: '/metrics' }),
  ],
  [
    'somebody impersonated who may not',
    () => ({
      ...with_({ as: 'writer', asGroups: ['a', 'b'] }, ['--as=writer', '--as-group=a', '--as-group=b']),
      path: '/api/v1/nodes',
    }),
  ],
  ['a folder as a kubeconfig', () => ({ options: { kubeconfig: folder }, flags: ['--kubeconfig', folder] })],
  ['a certificate without a key', () => configured('half', `client-certificate: "${cluster.caFile}"`)],
  ['a certificate that is missing', () => configured('missing', 'client-certificate: /no.crt, client-key: /no.key')],
  ['a token file that is missing', () => configured('tokenfile', 'tokenFile: /no/such')],
  ['two ways to log in', () => configured('two', 'token: t, username: u, password: p')],
  ['a proxy of an unknown kind', () => configured('proxy', 'token: t', ', proxy-url: "ftp://foo"')],
  ['a provider that is unknown', () => configured('provider', 'auth-provider: {name: foo}')],
  [
    'a plugin of an old API',
    () => configured('old', 'exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: sh}'),
  ],
  [
    'a plugin without a mode',
    () => configured('mode', 'exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}'),
  ],
  [
    'a plugin that needs a terminal',
    () =>
      configured('tty', 'exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: Always}'),
  ],
  [
    'a plugin that fails',
    () =>
      configured(
        'fails',
        'exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: ["-c", "exit 3"], interactiveMode: Never}',
      ),
  ],
  [
    'a plugin that gives nothing',
    () =>
      configured(
        'nothing',
        `exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, args: ['{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'], interactiveMode: Never}`,
      ),
  ],
  [
    'a plugin whose token is wrong',
    () =>
      configured(
        'wrong',
        `exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, args: ['{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"x"}}'], interactiveMode: Never}`,
      ),
  ],
])('the words are kubectl’s: %s', async ([, situation]) => {
  const resolved = await situation()
  const theirs = await says.kubectl(resolved)
  expect(await says.ours(resolved)).toBe(theirs)
})

// Go and OpenSSL, or Go's YAML and ours, know different details; the rest must be the same.
test('the words are kubectl’s up to details: an authority that is not trusted', async () => {
  const file = certificateFile(join(folder, 'foreign'), 'ca')
  const situation = with_({ certificateAuthority: file }, ['--certificate-authority', file])
  expect((await says.kubectl(situation)).replace(/ \(possibly because of .*/, '')).toBe(await says.ours(situation))
})

test('the words are kubectl’s up to details: a name that does not resolve', async () => {
  const situation = with_({ server: 'https://nope.invalid:6443' }, ['--server', 'https://nope.invalid:6443'])
  expect((await says.kubectl(situation)).replace(/ on \S+: /, ': ')).toBe(await says.ours(situation))
})

test('the words are kubectl’s up to details: YAML that is none', async () => {
  const situation = await written('bad', 'apiVersion: v1\nclusters: [{name: a\n')
  const upToReason = (text: string) => text.replace(/(yaml: line \d+): .*/, '$1')
  const theirs = upToReason(await says.kubectl(situation))
  expect(theirs).toBe(`error: error loading config file "${join(folder, 'bad')}": yaml: line 2`)
  expect(upToReason(await says.ours(situation))).toBe(theirs)
})

test('the words are kubectl’s up to details: a plugin that is not installed', async () => {
  const situation = await configured(
    'install',
    'exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never, installHint: "Get it\\nthere"}',
  )
  const theirs = (await says.kubectl(situation)).split('\n\n')
  const ours = (await says.ours(situation)).split('\n\n')
  expect(ours).toEqual([theirs[0], theirs[1], theirs.at(-1)])
})

test('the words are kubectl’s: a server that accepts and says nothing', async () => {
  await using server = await startFaultServer()
  server.answer(() => {})
  const shared = { server: server.url, certificateAuthority: server.authorityFile, token: 't', requestTimeoutMs: 3000 }
  const flags = [
    '-s',
    server.url,
    '--certificate-authority',
    server.authorityFile,
    '--token',
    't',
    '--request-timeout=3s',
  ]
  // Which of its timers wins is a matter of luck to Go; this is the fullest of the three texts.
  const ours = await says.ours({ options: shared })
  expect(ours).toBe(
    'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  )
  const theirs = await says.kubectl({ flags })
  expect([
    ours,
    ours.replace('net/http: request canceled', 'context deadline exceeded'),
    ours.replace(/ \(.*/, ''),
  ]).toContain(theirs.replace(/context deadline exceeded$/, 'net/http: request canceled'))
})

test('the words are kubectl’s: a server that does not speak TLS', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n').on('error', () => {}))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await says.ours({ options: { server: url, token: 't' } })).toBe(
    await says.kubectl({ flags: ['-s', url, '--token', 't'] }),
  )
  server.close()
})

test('both give a plugin the same KUBERNETES_EXEC_INFO', async () => {
  const plugin = join(folder, 'plugin')
  const seen = join(folder, 'seen')
  await writeFile(plugin, `#!/bin/sh\nprintf '%s\\n' "$KUBERNETES_EXEC_INFO" >> ${seen}\nexit 1\n`)
  await chmod(plugin, 0o755)
  const situation = await configured(
    'info',
    'exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never, provideClusterInfo: true}',
    ', tls-server-name: kubernetes, extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a}}]',
  )
  expect(await says.ours(situation)).toBe(await says.kubectl(situation))
  const [ours, theirs] = (await readFile(seen, 'utf8')).trim().split('\n')
  expect(JSON.parse(ours ?? '')).toEqual(JSON.parse(theirs ?? ''))
})
