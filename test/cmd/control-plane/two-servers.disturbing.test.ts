import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interruption } from '../../../cmd/signals.ts'
import { readStoredWindow } from '../../../lib/control-plane/prometheus/read-stored-window.ts'
import type { WindowFigures } from '../../../lib/control-plane/window-figures.ts'
import { connect } from '../../../lib/kube/client.ts'
import { connectPrometheus } from '../../../lib/prometheus/server/connect.ts'
import { controlPlaneDetails } from '../../../lib/record/details/control-plane-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { type ApiClient, adminClient } from '../../cluster/api-client.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine, startCommandLine } from '../run-command-line.ts'
import { startSteadyLoad } from './steady-load.ts'

// Two API servers behind one address, and a Prometheus that scrapes each every 2 s.

let cluster: ControlPlane & AsyncDisposable
let clients: ApiClient[]
beforeAll(async () => {
  cluster = await startControlPlane({ secondApiServer: true, prometheus: 'process' })
  clients = cluster.apiServers.map((address) => adminClient(cluster.folder, `https://${address}`))
})
afterAll(async () => {
  for (const client of clients) client.close()
  await cluster[Symbol.asyncDispose]()
})

const look = async (...argv: string[]): Promise<RunRecord> =>
  recordOf(await runCommandLine(cluster.kubeconfig, ['control-plane', '-o', 'json', ...argv]))
const fromPrometheus = (window: string, ...argv: string[]) =>
  look('--prometheus', cluster.prometheusUrl, '--window', window, ...argv)

/** Looks by scrapes until it is told to stop; the first of them is done, or nearly. */
async function startScrapes(...argv: string[]): Promise<{ end: () => Promise<RunRecord> }> {
  const stop = new AbortController()
  const line = ['control-plane', '-o', 'json', '--prometheus', 'none', '--window', '10m', ...argv]
  const { ended } = startCommandLine(cluster.kubeconfig, line, stop.signal)
  await sleep(FIRST_SCRAPE_MS)
  return {
    async end() {
      stop.abort(new Interruption('SIGINT'))
      return recordOf(await ended)
    },
  }
}

/** Far longer than it takes: nobody is told when it is done. */
const FIRST_SCRAPE_MS = 8000

/** What a server says of itself, as kubectl reads it. */
async function rawMetrics(address: string): Promise<string[]> {
  return (await cluster.kubectl(['get', '--raw', '/metrics', '--server', `https://${address}`])).split('\n')
}

async function rawSum(address: string, family: string, ...labels: string[]): Promise<number> {
  const lines = (await rawMetrics(address)).filter(
    (line) => line.startsWith(family) && labels.every((label) => line.includes(label)),
  )
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

const posted = (address: string, resource: string) =>
  rawSum(address, 'apiserver_request_total{', `resource="${resource}"`, 'verb="POST"')

/** By PromQL, with nothing of ours between. */
async function prometheusSays(expression: string): Promise<number | undefined> {
  const url = `${cluster.prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`
  const { data } = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } }
  const value = data.result[0]?.value[1]
  return value === undefined ? undefined : Number(value)
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 120_000
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadlineMs) throw new Error(`not in two minutes: ${what}`)
    await sleep(200)
  }
}

/** Creates so many objects that nobody else makes, at a server; they are told apart by their names. */
async function makeIngressClasses(client: ApiClient | undefined, prefix: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const made = await client?.request('POST', '/apis/networking.k8s.io/v1/ingressclasses', {
      metadata: { name: `${prefix}-${index}` },
      spec: { controller: 'example.com/none' },
    })
    expect(made?.status).toBe(201)
  }
}

/** The window of a run by scrapes, as Prometheus has it. */
async function storedWindow({ metrics }: RunRecord): Promise<WindowFigures> {
  const { window } = metrics.find(({ name }) => name === 'apiserver_request_rate') ?? {}
  if (window === undefined) throw new Error('no window')
  const place = { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder }
  await using client = await connect({ kubeconfig: cluster.kubeconfig }, place)
  const { signal } = new AbortController()
  const access = { variables: {}, timeoutMs: 30_000 }
  const { prometheus } = await connectPrometheus(
    client,
    { kind: 'url', url: cluster.prometheusUrl },
    { access, signal },
  )
  if (prometheus === undefined) throw new Error('no Prometheus')
  const windowMs = window.durationSeconds * 1000
  return readStoredWindow(prometheus, {
    windowMs,
    endMs: Date.parse(window.startedAt) + windowMs,
    byServer: true,
    signal,
  })
}

function find(record: Pick<RunRecord, 'metrics'>, name: string, labels: Record<string, string>) {
  return record.metrics.find(
    (metric) =>
      metric.name === name && Object.entries(labels).every(([label, value]) => metric.labels[label] === value),
  )
}

const ofIngressClasses = { verb: 'POST', resource: 'ingressclasses' }
const [MANY, FEW] = [120, 30]

test('under a steady load scrapes and Prometheus agree, server by server, and so does kubectl', async () => {
  const [first = '', second = ''] = cluster.apiServers
  const load = startSteadyLoad(clients[0])
  try {
    // As much longer as the window of Prometheus is.
    await until('Prometheus has scraped the load for 12 s', async () => {
      const series = `apiserver_request_total{instance="${first}",resource="configmaps",verb="POST"}`
      return ((await prometheusSays(`count_over_time(${series}[1m])`)) ?? 0) >= 6
    })
    const before = [await posted(first, 'ingressclasses'), await posted(second, 'ingressclasses')]
    // Until all is made, and the steady load has gone on for half a minute.
    const scraping = await startScrapes('--server', `https://${first}`)
    await Promise.all([
      makeIngressClasses(clients[0], 'first', MANY),
      makeIngressClasses(clients[1], 'second', FEW),
      sleep(30_000),
    ])
    const scraped = await scraping.end()
    await until('Prometheus has scraped all that was made', async () => {
      const sum = `sum(apiserver_request_total{resource="ingressclasses",verb="POST"})`
      return (await prometheusSays(sum)) === (before[0] ?? 0) + (before[1] ?? 0) + MANY + FEW
    })
    // All that there is of both.
    const apart = await fromPrometheus('5m', '--by-server')
    const together = await fromPrometheus('5m')

    // What kubectl reads of each server.
    const after = [await posted(first, 'ingressclasses'), await posted(second, 'ingressclasses')]
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([MANY, FEW])
    const count = (record: RunRecord, labels: Record<string, string> = {}) =>
      find(record, 'apiserver_requests', { ...ofIngressClasses, ...labels })?.statistics.value
    expect(count(apart, { instance: first })).toBe(MANY)
    expect(count(apart, { instance: second })).toBe(FEW)
    expect(count(together)).toBe(MANY + FEW)
    expect(count(scraped)).toBe(MANY)

    // All of it lies within both windows: the same observations, so the same quantiles.
    for (const duration of ['sli', 'total']) {
      const labels = { ...ofIngressClasses, duration }
      const ours = find(scraped, 'apiserver_request_latency', labels)
      const theirs = find(apart, 'apiserver_request_latency', { ...labels, instance: first })
      expect(ours?.statistics.p99).toBeGreaterThan(0)
      expect(theirs?.statistics).toMatchObject({
        ...ours?.statistics,
        mean: expect.closeTo(ours?.statistics.mean ?? Number.NaN, 9),
      })
      expect(theirs?.interpolated).toEqual(ours?.interpolated)
    }
    const etcd = { operation: 'create', type: 'ingressclasses.networking.k8s.io' }
    expect(find(apart, 'etcd_request_latency', { ...etcd, instance: first })?.statistics).toMatchObject({
      count: MANY,
      p99: find(scraped, 'etcd_request_latency', etcd)?.statistics.p99,
    })

    // The steady load by the second, 5 of each kind, in the same window.
    const stored = await storedWindow(scraped)
    for (const [verb, code] of [
      ['POST', '201'],
      ['GET', '200'],
      ['LIST', '200'],
      ['DELETE', '200'],
    ] as const) {
      const labels = { verb, code, resource: 'configmaps' }
      const ours = find(scraped, 'apiserver_request_rate', labels)?.statistics.value ?? Number.NaN
      const theirs = find(stored, 'apiserver_request_rate', { ...labels, instance: first })?.statistics.value
      expect(ours / (theirs ?? Number.NaN), `${verb} ${ours} and ${theirs}`).toBeGreaterThan(0.95)
      expect(ours / (theirs ?? Number.NaN), `${verb} ${ours} and ${theirs}`).toBeLessThan(1.05)
    }

    // Told apart by when they were started, and by their address.
    const seen = controlPlaneDetails(apart)?.servers ?? []
    expect(seen.map(({ server }) => server).toSorted()).toEqual([first, second].toSorted())
    for (const { server, processStartedAt } of seen) {
      const started = await rawSum(server, 'process_start_time_seconds ')
      expect(Date.parse(processStartedAt) / 1000).toBeCloseTo(started, 2)
    }
    // Each server says what it may have in flight; together it is twice as much.
    const limit = (record: RunRecord, labels = {}) => find(record, 'apiserver_inflight_limit', labels)?.statistics.value
    expect([limit(scraped), limit(apart, { instance: second }), limit(together)]).toEqual([600, 600, 1200])
    // Every figure says where it is from, and of when.
    expect(new Set(apart.metrics.map(({ source }) => source))).toEqual(new Set(['prometheus']))
    expect(together.metrics.every(({ window }) => (window?.durationSeconds ?? 0) > 30)).toBe(true)
    expect(find(together, 'scheduler_pending_pods', {})?.source).toBe('prometheus')
    expect(find(together, 'workqueue_depth', { component: 'controller-manager' })?.source).toBe('prometheus')
  } finally {
    await load.stop()
  }
})

test('a window shorter than four scrapes is no data, and says so; for people as well', async () => {
  const ended = await runCommandLine(cluster.kubeconfig, [
    'control-plane',
    '--prometheus',
    cluster.prometheusUrl,
    '--window',
    // From the last scrape before: where that was late, 5 s can be long enough.
    '3s',
  ])
  expect(ended.exitCode, ended.stdout).toBe(1)
  expect(ended.stdout).toMatch(
    /^NO DATA in .*: the window of \d+(\.\d)? s is shorter than 4 scrapes, which are 2 s apart\.$/m,
  )
  expect(ended.stdout).toContain('--window 8s')
})

test('window after window until Ctrl-C, with the exit code of a signal', async () => {
  const stop = new AbortController()
  const argv = ['control-plane', '--prometheus', cluster.prometheusUrl, '--window', '8s', '--watch', '--top', '1']
  const { ended, stdout } = startCommandLine(cluster.kubeconfig, argv, stop.signal)
  await until('two windows are printed', async () => stdout().split('PASSED').length > 2)
  stop.abort(new Interruption('SIGINT'))
  expect((await ended).exitCode).toBe(130)
  expect(stdout().split(/^API SERVER /m)).toHaveLength(stdout().split('PASSED').length)
})

test('the server of the first scrape goes and another answers: no data, never a difference of the two', async () => {
  const [first = '', second = ''] = cluster.apiServers
  // The balancer passes over a server that is down: all new connections lead to the second.
  await cluster.stop('kube-apiserver')
  const scraping = await startScrapes()
  await cluster.start('kube-apiserver')
  await until('the first server is ready again', async () => {
    const { stdout } = await cluster.tryKubectl(['get', '--raw', '/readyz', '--server', `https://${first}`])
    return stdout === 'ok'
  })
  await cluster.stop('kube-apiserver-2')
  const record = await scraping.end()
  expect(record.outcome).toBe('aborted')
  expect(record.findings[0]?.message).toMatch(
    /^No figures of the API server itself: the one that answered first did not answer again/,
  )
  expect(record.metrics.filter(({ name }) => name.startsWith('apiserver_'))).toEqual([])

  // Prometheus has the first from its new start on, and nothing of the second at the end.
  let stored = record
  await until('Prometheus has scraped the new process, and the other no more', async () => {
    stored = await fromPrometheus('2m')
    return (
      controlPlaneDetails(stored)
        ?.servers.map(({ server }) => server)
        .join() === first
    )
  })
  expect(stored.outcome).toBe('passed')
  const messages = stored.findings.map(({ message }) => message)
  expect(messages).toContainEqual(
    expect.stringMatching(`^No figures of the API server ${second}: it was not scraped at the end`),
  )
  expect(messages).toContainEqual(
    expect.stringMatching(`^Figures of a part of the window, of the API server ${first}: it was started anew`),
  )
})
