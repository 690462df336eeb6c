import { isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { clusterAddresses } from './addresses.ts'
import { type ApiClient, adminClient } from './api-client.ts'
import { clusterFolder, readState } from './cluster-folder.ts'
import { serverUrl } from './credentials.ts'

/**
 * The load balancer of a cluster with real nodes: gives each Service of type LoadBalancer an address of its own for every family
 * that it has, after the delay that the cluster's state names. kube-proxy does the rest on every node. Usage: load-balancer.ts CLUSTER
 */
const [name = ''] = process.argv.slice(2)

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string }
  readonly spec: { readonly type: string; readonly ipFamilies?: readonly string[]; readonly loadBalancerClass?: string }
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly { readonly ip: string }[] } }
}

/** When each Service was seen first, by its uid. */
const seenMs = new Map<string, number>()

async function assignAddresses(client: ApiClient, pool: readonly string[], delayMs: number): Promise<void> {
  const { status, body } = await client.request('GET', '/api/v1/services')
  if (status !== 200) throw new Error(`Services were not listed: ${status}`)
  const services = (body as { items: readonly Service[] }).items
  const taken = new Set(services.flatMap((service) => service.status.loadBalancer.ingress ?? []).map(({ ip }) => ip))
  for (const { metadata, spec, status: current } of services) {
    // A class names another load balancer.
    if (spec.type !== 'LoadBalancer' || spec.loadBalancerClass !== undefined) continue
    if (current.loadBalancer.ingress !== undefined) continue
    const firstMs = seenMs.get(metadata.uid) ?? performance.now()
    seenMs.set(metadata.uid, firstMs)
    if (performance.now() - firstMs < delayMs) continue
    const ingress = (spec.ipFamilies ?? []).map((family) => {
      const ip = pool.find((address) => !taken.has(address) && isIPv6(address) === (family === 'IPv6'))
      if (ip === undefined) throw new Error(`No ${family} address is left for ${metadata.namespace}/${metadata.name}`)
      taken.add(ip)
      return { ip }
    })
    const path = `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}/status`
    const answer = await client.request('PATCH', path, { status: { loadBalancer: { ingress } } })
    process.stdout.write(`${metadata.namespace}/${metadata.name}: ${JSON.stringify(ingress)} ${answer.status}\n`)
  }
}

const state = await readState(name)
const client = adminClient(clusterFolder(name), serverUrl(state))
const { loadBalancerAddresses, ipv6 } = clusterAddresses(state.slot)
for (;;) {
  try {
    await assignAddresses(client, [...loadBalancerAddresses, ...ipv6.loadBalancerAddresses], state.loadBalancerDelayMs)
  } catch (error) {
    // The API server may be down for a while: that is what tests do to it.
    process.stdout.write(`${String(error)}\n`)
  }
  await sleep(200)
}
