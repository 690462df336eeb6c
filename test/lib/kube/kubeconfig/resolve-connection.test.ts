import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionOptions } from '../../../../lib/kube/kubeconfig/connection-options.ts'
import { inClusterSelection } from '../../../../lib/kube/kubeconfig/in-cluster.ts'
import { KubeconfigError } from '../../../../lib/kube/kubeconfig/kubeconfig-error.ts'
import { resolveConnection } from '../../../../lib/kube/kubeconfig/resolve-connection.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-resolve-'))
  await writeFile(join(folder, 'ca.crt'), 'CA')
  await writeFile(join(folder, 'a.crt'), 'CERT')
  await writeFile(join(folder, 'a.key'), 'KEY')
  await writeFile(join(folder, 'token'), 'from-file\n')
})
afterAll(() => rm(folder, { recursive: true }))

interface Parts {
  cluster?: object
  user?: object
  context?: object
  current?: string
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

async function resolve(parts: Parts, options: ConnectionOptions = {}, variables: Record<string, string> = {}) {
  const config = {
    'current-context': parts.current ?? 'x',
    clusters: [
      { name: 'c', cluster: { server: 'https://one:6443', ...parts.cluster } },
      { name: 'other', cluster: { server: 'https://other:6443' } },
    ],
    users: [
      { name: 'u', user: parts.user ?? {} },
      { name: 'admin', user: { token: 'admin-token' } },
    ],
    contexts: [
      { name: 'x', context: { cluster: 'c', user: 'u', ...parts.context } },
      { name: 'y', context: { cluster: 'other', user: 'admin', namespace: 'why' } },
    ],
  }
  await writeFile(join(folder, 'config'), JSON.stringify(config))
  return resolveConnection(
    { kubeconfig: 'config', ...options },
    { variables, homeDirectory: folder, workingDirectory: folder },
  )
}

async function message(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(KubeconfigError)
  return (error as Error).message
}

test('the current context names cluster, user and namespace; the namespace is "default" without any', async () => {
  expect(await resolve({})).toMatchObject({
    contextName: 'x',
    clusterName: 'c',
    userName: 'u',
    namespace: 'default',
    server: 'https://one:6443',
    requestTimeoutMs: 30_000,
    connections: 3,
  })
  expect((await resolve({ context: { namespace: 'shop' } })).namespace).toBe('shop')
  expect((await resolve({ context: { namespace: 'shop' } }, { namespace: 'flag' })).namespace).toBe('flag')
})

test('--context, --cluster and --user choose others', async () => {
  expect(await resolve({}, { context: 'y' })).toMatchObject({
    clusterName: 'other',
    userName: 'admin',
    namespace: 'why',
  })
  expect(await resolve({}, { cluster: 'other' })).toMatchObject({ server: 'https://other:6443', userName: 'u' })
  expect((await resolve({}, { user: 'admin' })).plan).toMatchObject({ authorization: 'Bearer admin-token' })
})

test('a name that does not exist is refused in kubectl’s words, with those that do', async () => {
  const error: unknown = await resolve({}, { context: 'nope' }).catch((caught: unknown) => caught)
  expect(error).toMatchObject({
    message: 'error: context "nope" does not exist',
    advice: ['give one that exists with --context: x, y'],
  })
  expect(await message(resolve({}, { cluster: 'nope' }))).toBe('error: cluster "nope" does not exist')
  expect(await message(resolve({}, { user: 'nope' }))).toBe('error: auth info "nope" does not exist')
  expect(await message(resolve({ current: 'nope' }))).toBe(
    'Error in configuration: context was not found for specified context: nope',
  )
})

test('--server takes another server, without the name of the first one', async () => {
  const cluster = { 'tls-server-name': 'kubernetes' }
  expect((await resolve({ cluster })).tls?.serverName).toBe('kubernetes')
  const moved = await resolve({ cluster }, { server: 'https://two:1' })
  expect([moved.url.href, moved.tls?.serverName]).toEqual(['https://two:1/', undefined])
  expect((await resolve({ cluster }, { server: 'https://two:1', tlsServerName: 'n' })).tls?.serverName).toBe('n')
})

test('--insecure-skip-tls-verify and --certificate-authority push aside what the file trusts', async () => {
  const cluster = { 'certificate-authority-data': base64('FILE') }
  expect((await resolve({ cluster })).tls).toMatchObject({ certificateAuthority: 'FILE', verify: true })
  expect((await resolve({ cluster }, { insecureSkipTlsVerify: true })).tls).toEqual({
    certificateAuthority: undefined,
    serverName: undefined,
    verify: false,
  })
  expect((await resolve({ cluster }, { certificateAuthority: 'ca.crt' })).tls).toMatchObject({
    certificateAuthority: 'CA',
    verify: true,
  })
})

test('a server without a scheme is https where something says TLS, else http', async () => {
  const href = async (cluster: object, user = {}) => (await resolve({ cluster, user })).url.href
  expect(await href({ server: 'one:6443' })).toBe('http://one:6443/')
  expect(await href({ server: 'one:6443', 'certificate-authority': 'ca.crt' })).toBe('https://one:6443/')
  expect(await href({ server: '10.0.0.1:6443' }, { 'client-certificate': 'a.crt', 'client-key': 'a.key' })).toBe(
    'https://10.0.0.1:6443/',
  )
  expect(await href({ server: 'https://rancher/k8s/clusters/c-1/?x=1#y' })).toBe('https://rancher/k8s/clusters/c-1')
  expect(await message(resolve({ cluster: { server: 'ftp://one' } }))).toBe(
    'Unable to connect to the server: unsupported protocol scheme "ftp"',
  )
})

test('credentials: token before file before password before certificate before plugin', async () => {
  const plan = async (user: object, options: ConnectionOptions = {}) => (await resolve({ user }, options)).plan
  const exec = { command: 'login', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' }
  expect(await plan({})).toEqual({ kind: 'fixed', authorization: undefined, certificate: undefined })
  expect(await plan({ token: 't', exec })).toMatchObject({ kind: 'fixed', authorization: 'Bearer t' })
  expect(await plan({ exec }, { token: 'flag' })).toMatchObject({ kind: 'fixed', authorization: 'Bearer flag' })
  expect(await plan({ tokenFile: 'token' })).toMatchObject({ kind: 'token-file', fallback: 'from-file' })
  expect(await plan({ username: 'u', password: 'p:é' })).toMatchObject({ authorization: `Basic ${base64('u:p:é')}` })
  expect(await plan({ 'client-certificate': 'a.crt', 'client-key-data': base64('K'), exec })).toEqual({
    kind: 'fixed',
    authorization: undefined,
    certificate: { certificate: 'CERT', key: 'K' },
  })
  expect(await plan({ exec })).toMatchObject({ kind: 'exec' })
  expect((await resolve({ cluster: { server: 'http://one' }, user: { token: 't' } })).plan).toMatchObject({
    authorization: undefined,
  })
})

test('impersonation from flags replaces that of the file, field by field', async () => {
  const user = { as: 'file', 'as-groups': ['g'], 'as-user-extra': { a: ['1'], b: ['2'] } }
  expect((await resolve({ user })).impersonation).toEqual([
    ['impersonate-user', 'file'],
    ['impersonate-group', 'g'],
    ['impersonate-extra-a', '1'],
    ['impersonate-extra-b', '2'],
  ])
  expect((await resolve({ user }, { as: 'flag', asUid: '7', asUserExtra: { 'B/c': ['3'] } })).impersonation).toEqual([
    ['impersonate-user', 'flag'],
    ['impersonate-uid', '7'],
    ['impersonate-group', 'g'],
    ['impersonate-extra-a', '1'],
    ['impersonate-extra-b', '2'],
    ['impersonate-extra-b%2Fc', '3'],
  ])
})

test('the cluster’s proxy comes before the environment’s', async () => {
  const variables = { HTTPS_PROXY: 'http://env:1' }
  expect((await resolve({}, {}, variables)).proxy?.href).toBe('http://env:1/')
  expect((await resolve({ cluster: { 'proxy-url': 'socks5://file:2' } }, {}, variables)).proxy?.href).toBe(
    'socks5://file:2',
  )
})

test.for<[string, Parts, ConnectionOptions, string]>([
  [
    'a certificate without a key',
    { user: { 'client-certificate': 'a.crt' } },
    {},
    'error: client-key-data or client-key must be specified for u to use the clientCert authentication method.',
  ],
  [
    'a file that is missing',
    { user: { 'client-certificate': '/nope.crt', 'client-key': 'a.key' } },
    {},
    'error: unable to read client-cert /nope.crt for u due to open /nope.crt: no such file or directory',
  ],
  [
    'a token file that is missing',
    { user: { tokenFile: '/nope' } },
    {},
    'error: open /nope: no such file or directory',
  ],
  [
    'token and password',
    { user: { username: 'a', password: 'b', token: 'c' } },
    {},
    'error: more than one authentication method found for u; found [token basicAuth], only one is allowed',
  ],
  [
    'trust and no trust',
    { cluster: { 'certificate-authority': 'ca.crt', 'insecure-skip-tls-verify': true } },
    {},
    'error: specifying a root certificates file with the insecure flag is not allowed',
  ],
  [
    'a group for nobody',
    {},
    { asGroups: ['g'] },
    'error: requesting uid, groups or user-extra for u without impersonating a user',
  ],
  [
    'a proxy of an unknown kind',
    { cluster: { 'proxy-url': 'ftp://foo' } },
    {},
    `error: invalid 'proxy-url' "ftp://foo" for cluster "c": unsupported scheme "ftp", must be http, https, or socks5`,
  ],
  [
    'a plugin of an API that is gone',
    { user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' } } },
    {},
    'error: exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"',
  ],
  [
    'a plugin that does not say whether it asks',
    { user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1' } } },
    {},
    'error: interactiveMode must be specified for u to use exec authentication plugin',
  ],
  [
    'a provider that is gone',
    { user: { 'auth-provider': { name: 'foo' } } },
    {},
    'error: no Auth Provider found for name "foo"',
  ],
  [
    'two faults at once',
    { cluster: { 'proxy-url': 'ftp://foo' }, user: { username: 'a', token: 'c' } },
    {},
    `Error in configuration: \n* more than one authentication method found for u; found [token basicAuth], only one is allowed\n* invalid 'proxy-url' "ftp://foo" for cluster "c": unsupported scheme "ftp", must be http, https, or socks5`,
  ],
])('refused: %s', async ([, parts, options, expected]) => {
  expect(await message(resolve(parts, options))).toBe(expected)
})

test('without any configuration it is localhost:8080, as for kubectl', async () => {
  const environment = { variables: {}, homeDirectory: join(folder, 'nobody'), workingDirectory: folder }
  expect((await resolveConnection({}, environment)).url.href).toBe('http://localhost:8080/')
})

test('in a pod the cluster around it is used, with the flags laid over it', async () => {
  const account = join(folder, 'account')
  await mkdir(account, { recursive: true })
  const selection = {
    contextName: '',
    clusterName: '',
    userName: '',
    namespace: '',
    cluster: { server: '', certificateAuthority: '', insecureSkipTlsVerify: false } as never,
    user: { token: '', tokenFile: '' } as never,
  }
  const variables = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
  const environment = { variables, homeDirectory: folder, workingDirectory: folder }
  expect(await inClusterSelection(selection, environment, account)).toBeUndefined()
  await writeFile(join(account, 'token'), 't')
  await writeFile(join(account, 'ca.crt'), 'CA')
  await writeFile(join(account, 'namespace'), 'mine\n')
  expect(await inClusterSelection(selection, environment, account)).toMatchObject({
    contextName: 'in-cluster',
    namespace: 'mine',
    cluster: { server: 'https://[fd00::1]:443', certificateAuthority: join(account, 'ca.crt') },
    user: { tokenFile: join(account, 'token') },
  })
  const withToken = { ...selection, namespace: 'flag', user: { token: 'flag', tokenFile: '' } as never }
  expect(await inClusterSelection(withToken, environment, account)).toMatchObject({
    namespace: 'flag',
    user: { token: 'flag', tokenFile: '' },
  })
  expect(await inClusterSelection(selection, { ...environment, variables: {} }, account)).toBeUndefined()
})
