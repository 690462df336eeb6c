import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { dnsDefaults } from '../../../lib/acceptance/dns/dns-parameters.ts'
import { measureDns } from '../../../lib/acceptance/dns/measure-dns.ts'
import { loadBalancerDefaults } from '../../../lib/acceptance/load-balancer/load-balancer-parameters.ts'
import { measureLoadBalancer } from '../../../lib/acceptance/load-balancer/measure-load-balancer.ts'
import { measureServices, servicesPermissions } from '../../../lib/acceptance/services/measure-services.ts'
import { servicesDefaults } from '../../../lib/acceptance/services/services-parameters.ts'
import { newRunId } from '../../../lib/run/ownership.ts'
import { existingNamespace } from '../../../lib/run/run-scope.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { grant, leftOver, measureWith, probeParameters, series } from './measuring.ts'

// Two real nodes with kube-proxy, CoreDNS, and a load balancer that takes its time.

const DELAY_MS = 1500
let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({
    realNodes: 2,
    coreDns: true,
    loadBalancer: true,
    loadBalancerDelayMs: DELAY_MS,
  })
})
afterEach(async () => {
  expect(await leftOver(cluster)).toBe('')
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

const services = { ...probeParameters, ...servicesDefaults, limitMs: 60_000 }

/** How many questions CoreDNS has been asked, by its own count. */
async function questions(): Promise<number> {
  const output = 'jsonpath={.items[0].status.podIP}'
  const address = await cluster.kubectl(['get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns', '-o', output])
  const script = `exec 3<>/dev/tcp/${address}/9153; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`
  const { stdout } = await cluster.runOnNode('node-a', ['bash', '-c', script])
  const counts = [...stdout.matchAll(/^coredns_dns_requests_total\{.*\} (\S+)$/gm)].map(([, count]) => Number(count))
  return counts.reduce((sum, count) => sum + count, 0)
}

test("look-ups ask what the resolver's search domains make of each name, by the count of CoreDNS", async () => {
  const before = await questions()
  const result = await measureWith(cluster.kubeconfig, measureDns, { ...probeParameters, ...dnsDefaults, lookups: 20 })
  expect(result.outcome, result.reason).toBe('measured')
  for (const node of ['node-a', 'node-b']) {
    for (const name of ['short', 'fqdn', 'absolute']) {
      const [latency] = series(result, 'dns_lookup_latency', { node, name })
      expect([node, name, latency?.samples?.length]).toEqual([node, name, 20])
      expect(latency?.statistics.min).toBeGreaterThan(result.details?.overheadSeconds as number)
      expect(series(result, 'dns_lookup_errors', { node, name })[0]?.statistics.value).toBe(0)
    }
  }
  // Two for an address of either family, within each domain that is tried: 2 of them for the short name, 4 for the whole one
  // without a dot, 1 with it. Each name is looked up once more than is counted.
  const expected = 2 * 21 * 2 * (2 + 4 + 1)
  const asked = (await questions()) - before
  expect(asked).toBeGreaterThan(expected)
  expect(asked).toBeLessThanOrEqual(expected + 3)
  const [finding] = result.findings
  expect(finding?.message).toMatch(
    /^kubernetes\.default\.svc\.cluster\.local takes 8 queries, as ndots is 5, and 2 with a dot at its end: /,
  )
})

test('a load balancer gives its address after its delay, and only then it can be reached', async () => {
  const result = await measureWith(cluster.kubeconfig, measureLoadBalancer, {
    ...probeParameters,
    ...loadBalancerDefaults,
    withoutProviderMs: 60_000,
    limitMs: 60_000,
    repeats: 2,
  })
  expect(result.outcome, result.reason).toBe('measured')
  const assigned = series(result, 'load_balancer_assigned_latency')[0]?.samples ?? []
  expect(assigned).toHaveLength(2)
  // The server's own time of the delay begins when it sees the Service, which is after its creation.
  for (const seconds of assigned) expect(seconds).toBeGreaterThan(DELAY_MS / 1000)
  for (const node of ['node-a', 'node-b']) {
    const reached = series(result, 'load_balancer_reachable_latency', { node })[0]?.samples ?? []
    expect(reached).toHaveLength(2)
    for (const [index, seconds] of reached.entries()) expect(seconds).toBeGreaterThan(assigned[index] ?? Infinity)
  }
  expect(result.findings).toEqual([])
})

test('a provider that is there and gives no address in time is no data, and what speaks for it is named', async () => {
  await cluster.kubectl(['create', 'service', 'loadbalancer', 'known', '--tcp=80'])
  try {
    const address = ['get', 'service', 'known', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']
    await expect.poll(() => cluster.kubectl(address), { timeout: 60_000 }).not.toBe('')
    const limits = { ...loadBalancerDefaults, limitMs: DELAY_MS / 10 }
    const parameters = { ...probeParameters, ...limits, nodes: 1 }
    expect(await measureWith(cluster.kubeconfig, measureLoadBalancer, parameters)).toMatchObject({
      outcome: 'no-data',
      reason:
        'a Service got no address within 0.15s, although this speaks for a provider: the Service default/known, which has an address',
      metrics: [],
    })
  } finally {
    await cluster.kubectl(['delete', 'service', 'known'])
  }
})

test('a Service works on a node as soon as its kube-proxy does, and so late it says it did', async () => {
  await cluster.stop('node-b/kube-proxy')
  let shownMs = 0
  let startedMs = 0
  const restart = async () => {
    const list = ['get', 'services', '-A', '-l', 'kubectl-perf/run', '-o', 'name']
    await expect.poll(() => cluster.kubectl(list), { timeout: 240_000, interval: 100 }).not.toBe('')
    shownMs = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 2000))
    startedMs = performance.now()
    await cluster.start('node-b/kube-proxy')
  }
  const [result] = await Promise.all([
    measureWith(cluster.kubeconfig, measureServices, { ...services, repeats: 1 }),
    restart(),
  ])
  expect(result.outcome, result.reason).toBe('measured')
  const seconds = (path: string, node: string) =>
    series(result, 'service_reachable_latency', { path, node, since: 'created' })[0]?.samples?.[0] ?? Number.NaN
  for (const path of ['cluster-ip', 'node-port', 'dns-name']) {
    // The Service was there before kubectl showed it.
    expect(seconds(path, 'node-b')).toBeGreaterThan((startedMs - shownMs) / 1000)
    expect(seconds(path, 'node-b')).toBeGreaterThan(seconds(path, 'node-a'))
  }
  for (const node of ['node-a', 'node-b']) {
    expect(seconds('dns-name', node)).toBeGreaterThanOrEqual(seconds('cluster-ip', node))
  }
  for (const { statistics } of series(result, 'service_unreachable')) expect(statistics.value).toBe(0)
})

test('a way that never works is counted and told, and the others have their figures', async () => {
  await cluster.stop('node-b/kube-proxy')
  try {
    const result = await measureWith(cluster.kubeconfig, measureServices, { ...services, repeats: 2, limitMs: 8000 })
    expect(result.outcome, result.reason).toBe('measured')
    const counts = Object.fromEntries(
      series(result, 'service_unreachable').map(({ labels, statistics }) => [
        `${labels.path} ${labels.node}`,
        statistics.value,
      ]),
    )
    expect(counts).toMatchObject({ 'cluster-ip node-a': 0, 'cluster-ip node-b': 1, 'node-port node-b': 1 })
    expect(series(result, 'service_reachable_latency', { path: 'cluster-ip', node: 'node-b' })).toEqual([])
    const [works] = series(result, 'service_reachable_latency', {
      path: 'cluster-ip',
      node: 'node-a',
      since: 'created',
    })
    expect(works?.samples).toHaveLength(2)
    expect(result.findings.filter(({ code }) => code === 'ServiceUnreachable').map(({ message }) => message)).toContain(
      'the cluster IP of a new Service, from a pod on node-b, did not work within 8s',
    )
  } finally {
    await cluster.start('node-b/kube-proxy')
  }
})

test('in a namespace that is there, with the rights that it names and no others', async () => {
  const kubeconfig = await cluster.createUser('guest')
  await cluster.kubectl(['create', 'namespace', 'guest'])
  await cluster.kubectl(['label', 'namespace', 'guest', 'pod-security.kubernetes.io/enforce=restricted'])
  const scope = existingNamespace(newRunId(), 'guest')
  await grant(cluster, 'guest', 'guest', servicesPermissions(scope))
  const result = await measureWith(kubeconfig, measureServices, { ...services, repeats: 1 }, { scope })
  expect(result.outcome, result.reason).toBe('measured')
  expect(series(result, 'service_reachable_latency', { path: 'dns-name' })).not.toEqual([])
  expect(result.findings.map(({ code }) => code)).toContain('NodesUnknown')
})

test('stopped in the middle: it says so, and nothing is left', async () => {
  const stop = new AbortController()
  const result = await measureWith(
    cluster.kubeconfig,
    measureServices,
    { ...services, repeats: 1000 },
    {
      signal: stop.signal,
      onProgress({ phase, done }) {
        if (phase === 'services' && done === 1) stop.abort(new Error('interrupted'))
      },
    },
  )
  expect([result.outcome, result.reason]).toEqual(['no-data', 'interrupted'])
  expect(series(result, 'service_reachable_latency')).not.toEqual([])
})

test('a nameserver that does not answer, and is a Service, is DNS that is down, not none', async () => {
  await cluster.kubectl(['scale', '-n', 'kube-system', 'deployment/coredns', '--replicas=0'])
  await cluster.kubectl(
    ['wait', '-n', 'kube-system', '--for=delete', 'pod', '-l', 'k8s-app=kube-dns', '--timeout=4m'],
    {
      timeoutMs: 250_000,
    },
  )
  const parameters = { ...probeParameters, ...dnsDefaults, lookups: 1, nodes: 1 }
  const result = await measureWith(cluster.kubeconfig, measureDns, parameters)
  expect(result.outcome).toBe('no-data')
  expect(result.reason).toMatch(
    /^DNS does not answer: \S+, which pods on node-a are to ask, did not answer three questions; it is the Service kube-system\/kube-dns$/,
  )
  expect(result.metrics).toEqual([])
})
