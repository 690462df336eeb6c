import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { dnsDefaults } from '../../../lib/acceptance/dns/dns-parameters.ts'
import { measureDns } from '../../../lib/acceptance/dns/measure-dns.ts'
import {
  measureNetworkPolicy,
  networkPolicyPermissions,
} from '../../../lib/acceptance/network-policy/measure-network-policy.ts'
import { networkPolicyDefaults } from '../../../lib/acceptance/network-policy/network-policy-parameters.ts'
import { measureServices } from '../../../lib/acceptance/services/measure-services.ts'
import { servicesDefaults } from '../../../lib/acceptance/services/services-parameters.ts'
import { acceptDetailsOf } from '../../../lib/record/details/accept-details.ts'
import { newRunId } from '../../../lib/run/ownership.ts'
import { existingNamespace } from '../../../lib/run/run-scope.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../../cmd/run-command-line.ts'
import { grant, leftOver, measureWith, probeParameters, series } from './measuring.ts'

// Two real nodes whose network is Cilium's, which enforces policies and does without kube-proxy, CoreDNS and load balancers.

/** So long the load balancers take for an address. */
const DELAY_MS = 3000

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({
    ciliumAgents: 2,
    coreDns: true,
    loadBalancer: true,
    loadBalancerDelayMs: DELAY_MS,
  })
})
afterEach(async () => {
  expect(await leftOver(cluster)).toBe('')
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

const policy = { ...probeParameters, ...networkPolicyDefaults, limitMs: 60_000 }

/** How many packets the agents' programs have dropped for a policy, by the agents' own count. */
async function denied(): Promise<number> {
  const pods = await cluster.kubectl(['get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=cilium', '-o', 'name'])
  let sum = 0
  for (const pod of pods.trim().split('\n')) {
    const ask = ['cilium-dbg', 'metrics', 'list', '-o', 'json', '-p', 'cilium_drop_count_total']
    const list = await cluster.kubectl(['exec', '-n', 'kube-system', pod, '-c', 'cilium-agent', '--', ...ask])
    const metrics = JSON.parse(list) as { labels?: { reason?: string }; value?: number }[] | null
    for (const { labels, value = 0 } of metrics ?? []) if (labels?.reason === 'Policy denied') sum += value
  }
  return sum
}

const STEPS = [
  { action: 'deny', change: 'created' },
  { action: 'allow', change: 'created' },
  { action: 'deny', change: 'deleted' },
  { action: 'allow', change: 'deleted' },
]

test('each change of a policy has its effect on each client, as the drops of the agents confirm', async () => {
  const before = await denied()
  const readings = [
    { succeeded: 10, failed: 1 },
    { succeeded: 19, failed: 2 },
  ]
  const result = await measureWith(cluster.kubeconfig, measureNetworkPolicy, {
    ...policy,
    repeats: 2,
    firstConnections: 2,
    readRegenerations: async () => readings.shift() ?? 'read too often',
  })
  expect(result.outcome, result.reason).toBe('measured')
  for (const step of STEPS) {
    const [latency] = series(result, 'network_policy_enforcement_latency', step)
    expect([step, latency?.samples?.length]).toEqual([step, 4])
    for (const seconds of latency?.samples ?? []) expect(seconds).toBeGreaterThan(0)
    expect(series(result, 'network_policy_without_effect', step)[0]?.statistics.value).toBe(0)
  }
  const [created] = series(result, 'network_policy_first_connection_latency', { since: 'created' })
  const [started] = series(result, 'network_policy_first_connection_latency', { since: 'started' })
  expect([created?.samples?.length, started?.samples?.length]).toEqual([2, 2])
  for (const [index, seconds] of (created?.samples ?? []).entries()) {
    expect(seconds).toBeGreaterThan(started?.samples?.[index] ?? Infinity)
  }
  expect(series(result, 'network_policy_failed_regenerations')[0]?.statistics.value).toBe(0.1)
  expect(result.findings).toEqual([])
  // Denied twice for each of two clients and two repeats, and each time for half a second at the least.
  await expect.poll(async () => (await denied()) - before, { timeout: 60_000 }).toBeGreaterThanOrEqual(8)
})

test('Services and names work too where there is no kube-proxy', async () => {
  const dns = await measureWith(cluster.kubeconfig, measureDns, { ...probeParameters, ...dnsDefaults, lookups: 10 })
  expect(dns.outcome, dns.reason).toBe('measured')
  for (const { statistics } of series(dns, 'dns_lookup_errors')) expect(statistics.value).toBe(0)
  const services = await measureWith(cluster.kubeconfig, measureServices, {
    ...probeParameters,
    ...servicesDefaults,
    repeats: 1,
    limitMs: 60_000,
  })
  expect(services.outcome, services.reason).toBe('measured')
  const unreachable = series(services, 'service_unreachable')
  expect(unreachable.map(({ labels }) => `${labels.path} ${labels.node}`).toSorted()).toEqual(
    ['cluster-ip', 'dns-name', 'node-port'].flatMap((path) => [`${path} node-a`, `${path} node-b`]),
  )
  for (const { statistics } of unreachable) expect(statistics.value).toBe(0)
})

test('in a namespace that is there, with the rights that it names and no others', async () => {
  const kubeconfig = await cluster.createUser('guest')
  await cluster.kubectl(['create', 'namespace', 'guest'])
  const scope = existingNamespace(newRunId(), 'guest')
  await grant(cluster, 'guest', 'guest', networkPolicyPermissions(scope))
  const result = await measureWith(
    kubeconfig,
    measureNetworkPolicy,
    { ...policy, repeats: 1, firstConnections: 1 },
    { scope },
  )
  expect(result.outcome, result.reason).toBe('measured')
  expect(series(result, 'network_policy_without_effect').map(({ statistics }) => statistics.value)).toEqual([
    0, 0, 0, 0,
  ])
})

/** A run of accept with these items, by their results. */
async function accept(exitCode: number, ...items: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'accept-'))
  try {
    const suite = join(folder, 'suite.yaml')
    await writeFile(suite, `name: test\nitems:\n${items.map((item) => `  - {${item}}\n`).join('')}`)
    const ended = await runCommandLine(cluster.kubeconfig, ['accept', '-o', 'json', '--suite', suite])
    expect(ended.exitCode, ended.stderr).toBe(exitCode)
    const record = recordOf(ended)
    const results = acceptDetailsOf(record)?.items.map(({ name, result, reason }) => [name, result, reason])
    return { record, results }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('items of accept: policies and load balancers pass where they work, a slow provider fails', async () => {
  const { record, results } = await accept(
    0,
    'name: policy, level: required, command: network-policy, parameters: {repeats: 1, first-connections: 1, limit: 1m}, thresholds: [network_policy_enforcement_latency.p99 < 30s], thresholdsWhereReported: [network_policy_failed_regenerations <= 0.01%]',
    'name: balancer, level: required, command: load-balancer, parameters: {nodes: 1}, thresholds: [load_balancer_assigned_latency.max < 2m]',
    'name: slow, level: recommended, command: load-balancer, parameters: {nodes: 1}, thresholds: [load_balancer_assigned_latency.max < 2s]',
  )
  expect(results).toEqual([
    ['policy', 'pass', undefined],
    ['balancer', 'pass', undefined],
    ['slow', 'fail', expect.stringMatching(/^load_balancer_assigned_latency\.max is [\d.]+s, and has to be < 2s$/)],
  ])
  const of = (item: string) => record.metrics.filter(({ labels }) => labels.item === item)
  const assigned = of('balancer').find(({ name }) => name === 'load_balancer_assigned_latency')
  expect(assigned?.statistics.min).toBeGreaterThanOrEqual(DELAY_MS / 1000)
  // What the agents count by themselves.
  expect(of('policy').find(({ name }) => name === 'network_policy_failed_regenerations')?.statistics.value).toBe(0)
})

test('items of accept: DNS without its servers has no data, and no pass', async () => {
  const dns = ['-n', 'kube-system', 'scale', 'deployment', 'coredns']
  await cluster.kubectl([...dns, '--replicas=0'])
  await cluster.kubectl(['-n', 'kube-system', 'wait', '--for=delete', 'pod', '-l', 'k8s-app=kube-dns', '--timeout=60s'])
  const { results } = await accept(1, 'name: dns, level: required, command: dns-latency, parameters: {nodes: 1}')
  expect(results).toEqual([
    ['dns', 'no-data', expect.stringMatching(/^DNS does not answer: .* kube-system\/kube-dns$/)],
  ])
})
