import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { execCredentials } from '../../../../lib/kube/credentials/exec-credentials.ts'
import { expiryOf, oidcCredentials } from '../../../../lib/kube/credentials/oidc-credentials.ts'
import { tokenFileCredentials } from '../../../../lib/kube/credentials/token-file-credentials.ts'
import type { ExecEntry } from '../../../../lib/kube/kubeconfig/kubeconfig-file.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-credentials-'))
})
afterEach(() => vi.useRealTimers())
afterAll(() => rm(folder, { recursive: true }))

const V1 = 'client.authentication.k8s.io/v1'

/** A plugin that is a shell script, and notes each of its runs in a file. */
async function plugin(script: string, more: Partial<ExecEntry> = {}) {
  const command = join(folder, 'plugin')
  const runs = join(folder, 'runs')
  await rm(runs, { force: true })
  await writeFile(command, `#!/bin/sh\necho run >> ${runs}\n${script}\n`)
  await chmod(command, 0o755)
  const exec: ExecEntry = {
    apiVersion: V1,
    command,
    args: [],
    env: [],
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'Never',
    ...more,
  }
  const environment = {
    variables: { PATH: '/usr/bin:/bin', LEVEL: 'outer' },
    homeDirectory: folder,
    workingDirectory: folder,
  }
  const credentials = execCredentials(
    { kind: 'exec', exec, execCluster: { server: 'https://one', config: null } },
    { environment },
  )
  const countRuns = async () => (await readFile(runs, 'utf8')).split('\n').length - 1
  return { credentials, countRuns }
}

const answer = (status: object, apiVersion = V1) =>
  `cat <<'END'\n${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\nEND`

test('a plugin runs once for any number of requests, also when they come together', async () => {
  const { credentials, countRuns } = await plugin(answer({ token: 't' }))
  const all = await Promise.all(Array.from({ length: 20 }, async () => credentials.authorization()))
  expect(new Set(all)).toEqual(new Set(['Bearer t']))
  expect(credentials.authorization()).toBe('Bearer t')
  expect(await countRuns()).toBe(1)
})

test('it runs again when its credential has ended, and when the server refuses it: once for all that were refused', async () => {
  const ended = await plugin(answer({ token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' }))
  await ended.credentials.authorization()
  await ended.credentials.authorization()
  expect(await ended.countRuns()).toBe(2)

  const refused = await plugin(
    `if [ "$(wc -l < ${join(folder, 'runs')})" = 1 ]; then T=old; else T=new; fi\necho '{"apiVersion":"${V1}","status":{"token":"'$T'"}}'`,
  )
  expect(await refused.credentials.authorization()).toBe('Bearer old')
  expect(await Promise.all([1, 2, 3].map(() => refused.credentials.renew('Bearer old')))).toEqual([true, true, true])
  expect(refused.credentials.authorization()).toBe('Bearer new')
  expect(await refused.credentials.renew('Bearer old')).toBe(true)
  expect(await refused.countRuns()).toBe(2)
})

test('it is told what client-go tells it, and gets the environment with its own variables', async () => {
  const { credentials } = await plugin(
    `printf '{"apiVersion":"${V1}","status":{"token":"%s %s %s"}}' "$LEVEL" "$1" "$(printf %s "$KUBERNETES_EXEC_INFO" | sed 's/"/\\\\"/g')"`,
    { args: ['first'], env: [{ name: 'LEVEL', value: 'inner' }], provideClusterInfo: true },
  )
  expect(await credentials.authorization()).toBe(
    `Bearer inner first {"kind":"ExecCredential","apiVersion":"${V1}","spec":{"cluster":{"server":"https://one","config":null},"interactive":false}}`,
  )
})

test('it can give a certificate instead of a token', async () => {
  const { credentials } = await plugin(answer({ clientCertificateData: 'C', clientKeyData: 'K' }))
  expect(await credentials.authorization()).toBeUndefined()
  expect(credentials.certificate()).toEqual({ certificate: 'C', key: 'K' })
})

test.for<[string, string, Partial<ExecEntry>, string]>([
  ['fails', 'exit 3', {}, 'exec: executable PLUGIN failed with exit code 3'],
  ['is killed', 'kill -9 $$', {}, 'exec: executable PLUGIN was ended by SIGKILL'],
  ['writes no JSON', 'echo hello', {}, 'decoding stdout: the plugin wrote no ExecCredential object in JSON'],
  ['writes too much', 'head -c 3000000 /dev/zero', {}, 'exec: executable PLUGIN wrote more than 1048576 bytes'],
  [
    'speaks another version',
    answer({ token: 't' }, 'client.authentication.k8s.io/v1beta1'),
    {},
    `exec plugin is configured to use API version ${V1}, plugin returned version client.authentication.k8s.io/v1beta1`,
  ],
  ['gives nothing', answer({}), {}, "exec plugin didn't return a token or cert/key pair"],
  ['has no status', `echo '{"apiVersion":"${V1}"}'`, {}, "exec plugin didn't return a status field"],
  ['gives half a pair', answer({ clientKeyData: 'K' }), {}, 'exec plugin returned only certificate or key, not both'],
])('a plugin that %s is a fault with kubectl’s reason', async ([, script, more, reason]) => {
  const { credentials } = await plugin(script, more)
  await expect(Promise.resolve().then(() => credentials.authorization())).rejects.toMatchObject({
    kind: 'credentials',
    message: `Unable to connect to the server: getting credentials: ${reason.replace('PLUGIN', join(folder, 'plugin'))}`,
  })
})

test('a plugin that is not installed: the hint of the kubeconfig says how to get it', async () => {
  const { credentials } = await plugin('', { command: 'no-such-plugin', installHint: 'Install it\nfrom there\n' })
  await expect(Promise.resolve().then(() => credentials.authorization())).rejects.toThrow(
    [
      'Unable to connect to the server: getting credentials: exec: executable no-such-plugin not found',
      'It looks like you are trying to use a client-go credential plugin that is not installed.',
      'Install it\nfrom there',
    ].join('\n\n'),
  )
})

test('a plugin that must ask needs a terminal', async () => {
  const { credentials } = await plugin(answer({ token: 't' }), { interactiveMode: 'Always' })
  await expect(Promise.resolve().then(() => credentials.authorization())).rejects.toThrow(
    'exec plugin cannot support interactive mode: standard input is not a terminal',
  )
})

test('a token file is read again after a minute, and at once when its token is refused', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const path = join(folder, 'token')
  await writeFile(path, 'one\n')
  const credentials = tokenFileCredentials({ kind: 'token-file', path, fallback: 'zero', certificate: undefined })
  expect(await credentials.authorization()).toBe('Bearer one')
  await writeFile(path, 'two')
  expect(credentials.authorization()).toBe('Bearer one')
  vi.advanceTimersByTime(60_001)
  expect(await credentials.authorization()).toBe('Bearer two')
  expect(await credentials.renew('Bearer two')).toBe(false)
  await writeFile(path, 'three')
  expect(await credentials.renew('Bearer two')).toBe(true)
  expect(credentials.authorization()).toBe('Bearer three')
  await rm(path)
  vi.advanceTimersByTime(60_001)
  expect(await credentials.authorization()).toBe('Bearer three')
})

const jwt = (exp: number) => `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`

test('an id-token serves until ten seconds before its end, then the kubeconfig is looked at again', async () => {
  const origin = join(folder, 'oidc')
  const seconds = Math.floor(Date.now() / 1000)
  const store = (token: string) =>
    writeFile(
      origin,
      JSON.stringify({
        users: [{ name: 'u', user: { 'auth-provider': { name: 'oidc', config: { 'id-token': token } } } }],
      }),
    )
  const config = { 'id-token': jwt(seconds + 5) }
  const credentials = oidcCredentials({ kind: 'oidc', config, userName: 'u', origin })
  await store(jwt(seconds + 5))
  await expect(credentials.authorization()).rejects.toMatchObject({ kind: 'credentials' })
  await store(jwt(seconds + 3600))
  expect(await credentials.authorization()).toBe(`Bearer ${jwt(seconds + 3600)}`)
  expect(credentials.authorization()).toBe(`Bearer ${jwt(seconds + 3600)}`)
})

test('what is no token has ended', () => {
  expect(['', 'a', 'a.b.c', 'a.e30.c', 'a.bnVsbA.c'].map(expiryOf)).toEqual([0, 0, 0, 0, 0])
  expect(expiryOf(jwt(1000))).toBe(1_000_000)
})
