import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { connect, type KubeClient } from '../../../../lib/kube/client.ts'
import type { PrometheusAccess } from '../../../../lib/prometheus/server/access.ts'
import { connectPrometheus, type PrometheusConnection } from '../../../../lib/prometheus/server/connect.ts'
import type { Prometheus } from '../../../../lib/prometheus/server/prometheus.ts'
import { parsePrometheusChoice } from '../../../../lib/record/prometheus-choice.ts'
import { RunRecordSchema } from '../../../../lib/record/run-record.ts'
import { certificateFile, issueCertificate, keyFile } from '../../../cluster/certificates.ts'
import { type ControlPlane, startControlPlane } from '../../../cluster/control-plane.ts'
import { prometheusInNamespace } from '../../../cluster/prometheus/prometheus-pod.ts'
import { recordOf, runCommandLine } from '../../../cmd/run-command-line.ts'
import { kubectlPortForward } from '../../kube/kubectl-port-forward.ts'

// A real Prometheus in the cluster, under the names that kube-prometheus-stack has for it.

const STACK = 'monitoring/kube-prometheus-stack-prometheus'
const SERVICE = '/api/v1/namespaces/monitoring/services/kube-prometheus-stack-prometheus:9090/proxy/api/v1'
const POD = 'prometheus-kube-prometheus-stack-prometheus-0'
/** Pods that are Ready at once. */
const FAKE = ['--node-selector', 'type=kwok', '--toleration', 'all', '--preload', 'never']
const { signal } = new AbortController()

let cluster: ControlPlane & AsyncDisposable
let client: KubeClient
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 1, kwokNodes: 2, prometheus: 'pod' })
  client = await connectAs(cluster.kubeconfig)
})
afterAll(async () => {
  await client?.[Symbol.asyncDispose]()
  await cluster?.[Symbol.asyncDispose]()
})

function connectAs(kubeconfig: string): Promise<KubeClient> {
  return connect({ kubeconfig }, { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder })
}

function find(choice: string, more: Partial<PrometheusAccess> = {}, as = client): Promise<PrometheusConnection> {
  const access: PrometheusAccess = { variables: {}, timeoutMs: 30_000, ...more }
  return connectPrometheus(as, parsePrometheusChoice(choice), { access, signal })
}

async function found(...line: Parameters<typeof find>): Promise<Prometheus> {
  const { prometheus, findings } = await find(...line)
  if (prometheus === undefined) throw new Error(`no Prometheus: ${JSON.stringify(findings)}`)
  return prometheus
}

/** What the API answers to kubectl alone, of our own code nothing. */
async function independently(path: string, parameters: Record<string, string>): Promise<[number, string][][]> {
  const raw = await cluster.kubectl([
    'get',
    '--raw',
    `${SERVICE}/${path}?${new URLSearchParams(parameters).toString()}`,
  ])
  const { data } = JSON.parse(raw) as { data: { result: { value?: [number, string]; values?: [number, string][] }[] } }
  return data.result.map(({ value, values }) => values ?? (value === undefined ? [] : [value]))
}

async function apply(...objects: object[]): Promise<void> {
  await cluster.kubectl(['apply', '-f', '-'], { stdin: objects.map((object) => stringify(object)).join('---\n') })
}

/** Waits until it has scraped the API server so often. */
async function untilScraped(prometheus: Prometheus, count: number): Promise<void> {
  const scrapes = async () => (await prometheus.querySamples('up{job="apiserver"}[5m]'))[0]?.points.length ?? 0
  await expect.poll(scrapes, { timeout: 120_000, interval: 500 }).toBeGreaterThanOrEqual(count)
}

/** A user who has these of the roles in docs/rbac/prometheus.yaml, and nothing else. */
async function userWith(name: string, { finds, role }: { finds: boolean; role?: string }): Promise<KubeClient> {
  await cluster.kubectl([
    'apply',
    '-f',
    fileURLToPath(new URL('../../../../docs/rbac/prometheus.yaml', import.meta.url)),
  ])
  // Applied, not created: a second try of a test finds them there.
  const bind = async (kind: string, roleName: string, ...scope: string[]) => {
    const create = [...scope, 'create', `${kind}binding`, name, `--${kind}=${roleName}`, `--user=${name}`]
    const stdin = await cluster.kubectl([...create, '--dry-run=client', '-o', 'json'])
    await cluster.kubectl(['apply', '-f', '-'], { stdin })
  }
  if (finds) await bind('clusterrole', 'perf-prometheus')
  if (role !== undefined) await bind('role', role, '-n', 'monitoring')
  return connectAs(await cluster.createUser(name))
}

test('it is found, its two Services count once, and it answers by port-forward as it does to kubectl', async () => {
  const { prometheus, findings } = await find('auto')
  expect(prometheus).toMatchObject({ label: STACK, how: 'port-forward' })
  expect(findings).toEqual([])
  if (prometheus === undefined) throw new Error('none')
  await untilScraped(prometheus, 3)
  const atMs = Date.now()
  const expression = 'sum by (verb) (apiserver_request_total)'
  const time = ((atMs + prometheus.clockOffsetMs) / 1000).toFixed(3)
  const expected = await independently('query', { query: expression, time })
  const got = await prometheus.query(expression, { atMs })
  expect(expected.length).toBeGreaterThan(3)
  const ascending = (values: number[]) => values.toSorted((a, b) => a - b)
  expect(ascending(got.map(({ value }) => value))).toEqual(ascending(expected.map(([one]) => Number(one?.[1]))))
})

test('numbers that are none, an empty answer and a refused query', async () => {
  const prometheus = await found(`svc/${STACK}:http-web`)
  const values = await Promise.all(
    ['vector(0) / 0', 'vector(1) / 0', 'vector(-1) / 0'].map(async (text) => (await prometheus.query(text))[0]?.value),
  )
  expect(values).toEqual([Number.NaN, Infinity, -Infinity])
  expect(await prometheus.query('absent_metric')).toEqual([])
  await expect(prometheus.query('sum(')).rejects.toMatchObject({
    kind: 'query',
    message: expect.stringMatching(/refused a query: bad_data: .*parse error/),
    advice: ['the query: sum('],
  })
})

test('the pod dies between two queries: the next one goes to the pod that replaces it', async () => {
  const prometheus = await found('auto')
  const pod = ['-n', 'monitoring', 'pod', POD]
  const uid = () => cluster.kubectl(['get', ...pod, '-o', 'jsonpath={.metadata.uid}'])
  const before = await uid()
  await cluster.kubectl(['delete', '--wait=true', ...pod])
  expect(await prometheus.query('vector(7)')).toMatchObject([{ value: 7 }])
  expect(await uid()).not.toBe(before)
})

test('the rights that are written down are enough to find it and to forward a port', async () => {
  await using finder = await userWith('finder', { finds: true, role: 'perf-prometheus' })
  expect(await found('auto', {}, finder)).toMatchObject({ label: STACK, how: 'port-forward' })
  // And without a look at all namespaces, in the usual ones.
  await using inOne = await userWith('in-one', { finds: false, role: 'perf-prometheus' })
  expect(await found('auto', {}, inOne)).toMatchObject({ label: STACK, how: 'port-forward' })
})

test('who may not forward ports asks through the API server, which is as good where nobody is asked who they are', async () => {
  await using viewer = await userWith('viewer', { finds: true, role: 'perf-prometheus-by-proxy' })
  const prometheus = await found('auto', {}, viewer)
  expect(prometheus).toMatchObject({ label: STACK, how: 'service-proxy' })
  expect(await prometheus.query('vector(3)')).toMatchObject([{ value: 3 }])
  await expect(prometheus.query('sum(')).rejects.toMatchObject({
    kind: 'query',
    message: expect.stringContaining('refused a query: bad_data: '),
  })
  // A password would not get there.
  await expect(find(`svc/${STACK}`, { token: 'abc' }, viewer)).rejects.toMatchObject({
    name: 'PermissionError',
    message: expect.stringContaining("the API server's proxy would not pass its credentials on"),
  })
})

test('who may see Services and nothing more is told what is missing; who may see nothing, that nothing was found', async () => {
  await using looker = await userWith('looker', { finds: true })
  const { prometheus, findings } = await find('auto', {}, looker)
  expect(prometheus).toBeUndefined()
  const message = `cannot reach Prometheus ${STACK}: no permission`
  const advice = 'apply docs/rbac/prometheus.yaml for namespace "monitoring", or give the URL of Prometheus'
  expect(findings).toEqual([{ severity: 'warning', code: 'PrometheusUnreachable', message, advice }])
  await using nobody = await userWith('nobody-at-all', { finds: false })
  expect(await find('auto', {}, nobody)).toMatchObject({
    prometheus: undefined,
    findings: [
      { code: 'NoPrometheus', message: 'no Prometheus that is ready found where this user may list Services and pods' },
    ],
  })
})

test('density attaches what Prometheus saw of its time: the same as kubectl gets for each point', async () => {
  await untilScraped(await found('auto'), 3)
  const line = ['density', '-o', 'json', '--iterations', '20', '--qps', '2', '--namespaces', 'single', ...FAKE]
  const ended = await runCommandLine(cluster.kubeconfig, [...line, '--prometheus', 'auto'])
  const record = recordOf(ended)
  expect([...Value.Errors(RunRecordSchema, record)].filter(({ message }) => !message.includes('format'))).toEqual([])
  const { series = [], findings, startedAt, finishedAt } = record
  expect(findings.filter(({ code }) => code === 'PrometheusSeries')).toMatchObject([{ count: series.length }])
  const metrics = [...new Set(series.map(({ metric }) => metric))]
  expect(metrics).toEqual(
    expect.arrayContaining(['apiserver_request_rate', 'apiserver_request_latency', 'etcd_request_latency']),
  )
  const posts = series.find(({ metric, labels }) => metric === 'apiserver_request_rate' && labels.verb === 'POST')
  if (posts === undefined) throw new Error('no requests')
  expect(posts).toMatchObject({ unit: '1/s', source: `prometheus ${STACK} (port-forward)`, resolutionSeconds: 2 })
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  // To the scrape after the end.
  expect(posts.points.at(-1)?.[0]).toBeGreaterThanOrEqual(seconds - 0.1)
  expect(Math.max(...posts.points.map(([, value]) => value ?? 0))).toBeGreaterThan(1)
  const { clockOffsetMs } = await found('auto')
  for (const [at, value] of posts.points) {
    const time = ((Date.parse(startedAt) + clockOffsetMs) / 1000 + at).toFixed(3)
    const [one] = await independently('query', { query: 'sum(rate(apiserver_request_total{verb="POST"}[4s]))', time })
    if (one?.[0] === undefined) expect({ at, value }).toEqual({ at, value: null })
    else expect(value, `at ${at}`).toBeCloseTo(Number(one[0][1]), 6)
  }
})

test('one outside that wants a token over TLS: with it density gets its series, and keeps the token to itself', async () => {
  const token = 'sesame-open-1234'
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, `${token}\n`)
  await issueCertificate(cluster.folder, 'front', { user: 'front', hosts: ['127.0.0.1'] })
  await using forward = await kubectlPortForward(cluster, { namespace: 'monitoring', pod: POD }, 9090)
  await using front = await startFront(forward.localPort, token)
  const line = ['density', '--iterations', '20', '--qps', '2', '--namespaces', 'single', ...FAKE]
  const url = ['--prometheus', front.url]
  const trusted = ['--prometheus-certificate-authority', cluster.caFile]
  const run = (...more: string[]) => runCommandLine(cluster.kubeconfig, [...line, ...url, ...more])

  expect(await run()).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining('certificate signed by unknown authority'),
  })
  expect(await run(...trusted)).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining(`error: Prometheus ${front.url} wants to know who asks: 401 Unauthorized`),
  })
  // Nothing was created before.
  expect(await cluster.kubectl(['get', 'namespaces', '-l', 'kubectl-perf/run', '-o', 'name'])).toBe('')

  const ended = await run(...trusted, '--prometheus-token-file', tokenFile, '--output-dir', join(folder, 'run'))
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(ended.stdout).toMatch(/^\d+ series of this time are from Prometheus https:.* \(url\), measured every 2 s/m)
  const files = await readdir(join(folder, 'run'))
  const texts = await Promise.all(files.map((file) => readFile(join(folder, 'run', file), 'utf8')))
  expect(JSON.parse(texts[files.indexOf('run.json')] ?? '')).toMatchObject({ parameters: { prometheus: front.url } })
  expect([ended.stdout, ended.stderr, ...texts].join()).not.toContain('sesame')
  await rm(folder, { recursive: true })
})

/** What companies put before their Prometheus: TLS, and a token to be shown. */
async function startFront(port: number, token: string): Promise<AsyncDisposable & { url: string }> {
  const certificate = {
    cert: readFileSync(certificateFile(cluster.folder, 'front')),
    key: readFileSync(keyFile(cluster.folder, 'front')),
  }
  const server = createServer(certificate, (incoming, outgoing) => {
    if (incoming.headers.authorization !== `Bearer ${token}`) {
      outgoing.writeHead(401).end('Unauthorized')
      return
    }
    const { url: path = '/' } = incoming
    const onward = request({ host: '127.0.0.1', port, path }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a second one that wants TLS and a password: auto says which there are; by name it answers who it knows', async () => {
  const name = 'guarded'
  await issueCertificate(cluster.folder, name, { user: name, hosts: ['guarded.guarded.svc'] })
  const read = (file: string) => readFileSync(file, 'utf8')
  const files = {
    'tls.crt': read(certificateFile(cluster.folder, name)),
    'tls.key': read(keyFile(cluster.folder, name)),
    'web.yml': stringify({
      tls_server_config: { cert_file: 'tls.crt', key_file: 'tls.key' },
      // bcrypt of "let-me-in"
      basic_auth_users: { puller: '$2b$05$abcdefghijklmnopqrstuu3Jd./u/rH1RxB6auX5v7gLP6uWhKCgG' },
    }),
  }
  const args = ['--web.config.file=/etc/prometheus/web.yml']
  const config = 'global: {scrape_interval: 2s}\n'
  await apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    ...prometheusInNamespace({ namespace: name, name, config, files, args }),
  )
  await cluster.kubectl(['-n', name, 'rollout', 'status', `statefulset/prometheus-${name}`, '--timeout=180s'], {
    timeoutMs: 200_000,
  })

  const { prometheus: chosen, findings } = await find('auto')
  expect(chosen).toBeUndefined()
  expect(findings).toMatchObject([
    {
      severity: 'warning',
      code: 'SeveralPrometheus',
      objects: ['svc/guarded/guarded:9090', `svc/${STACK}:9090`],
      advice: 'say which: --prometheus svc/guarded/guarded:9090',
    },
  ])

  const guarded = 'svc/guarded/guarded'
  const certificateAuthority = read(cluster.caFile)
  const user = { name: 'puller', password: 'let-me-in' }
  await expect(find(guarded, { user })).rejects.toMatchObject({
    kind: 'bad-answer',
    message: expect.stringContaining('certificate signed by unknown authority'),
    advice: [expect.stringContaining('--prometheus-certificate-authority')],
  })
  await expect(find(guarded, { certificateAuthority })).rejects.toMatchObject({
    kind: 'credentials',
    message: 'error: Prometheus guarded/guarded wants to know who asks: 401 Unauthorized',
  })
  const wrong = find(guarded, { certificateAuthority, user: { ...user, password: 'wr0ng' } })
  await expect(wrong).rejects.toMatchObject({
    message: 'error: Prometheus guarded/guarded does not accept the credentials it was given: 401 Unauthorized',
  })
  const prometheus = await found(guarded, { certificateAuthority, user })
  expect(await prometheus.query('vector(5)')).toMatchObject([{ value: 5 }])
  await cluster.kubectl(['delete', 'namespace', name, '--timeout=180s'], { timeoutMs: 200_000 })
})

test('control-plane reads its figures from it unasked; where a window is too short for it, from scrapes, and says so', async () => {
  await untilScraped(await found('auto'), 12)
  const look = async (window: string) =>
    recordOf(await runCommandLine(cluster.kubeconfig, ['control-plane', '-o', 'json', '--window', window]))
  const stored = await look('16s')
  expect(stored).toMatchObject({ outcome: 'passed', details: { source: `Prometheus ${STACK}` } })
  expect(new Set(stored.metrics.map(({ source }) => source))).toEqual(new Set(['prometheus']))
  // Only the API server is scraped here, as in a managed cluster.
  const codes = stored.findings.map(({ code }) => code)
  expect(codes).toEqual(expect.arrayContaining(['NoSchedulerMetrics', 'NoControllerManagerMetrics']))
  const scraped = await look('3s')
  expect(scraped).toMatchObject({ outcome: 'passed', details: { source: 'two scrapes of /metrics' } })
  expect(scraped.findings.find(({ code }) => code === 'PrometheusNotUsed')).toMatchObject({
    message: expect.stringMatching(/is shorter than 4 scrapes, which are 2 s apart; \/metrics are read instead$/),
    advice: 'Look at a longer one: --window 8s, or more',
  })
})

test('one without a Service is found by its pod, which can be named too; a user who may list pods needs no more', async () => {
  await cluster.kubectl(['-n', 'monitoring', 'delete', 'services', '--all'])
  const label = `monitoring/${POD}`
  const { prometheus, findings } = await find('auto')
  expect(prometheus).toMatchObject({ label, how: 'port-forward' })
  expect(findings).toEqual([])
  expect(await prometheus?.query('vector(7)')).toMatchObject([{ value: 7 }])
  await using lister = await userWith('pod-lister', { finds: false, role: 'perf-prometheus' })
  expect((await find('auto', {}, lister)).prometheus?.label).toBe(label)
  expect((await find(`pod/${label}:http-web`, {}, lister)).prometheus?.label).toBe(label)
})
