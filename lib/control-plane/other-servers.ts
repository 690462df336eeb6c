import { PerfError } from '../errors/perf-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Finding } from '../record/run-record.ts'

interface EndpointSlice {
  readonly addressType?: string
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[]
    readonly conditions?: { readonly ready?: boolean }
  }[]
}

const PATH = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'

/**
 * That there are API servers beside the one that was scraped, where the cluster says so: each writes its address into the
 * endpoints of the Service `kubernetes`. A managed cluster may show one address for all.
 */
export async function otherServers(client: Pick<KubeClient, 'list'>, signal: AbortSignal): Promise<Finding[]> {
  const labelSelector = 'kubernetes.io/service-name=kubernetes'
  const slices = await client.list<EndpointSlice>(PATH, { labelSelector, signal }).catch((error: unknown) => {
    // Who may not look does not get to know; nor who would have to wait.
    if (error instanceof PerfError || signal.aborted) return { items: [] }
    throw error
  })
  const ready = slices.items.flatMap(({ addressType, endpoints = [] }) =>
    endpoints
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses = [] }) => addresses.map((address) => ({ addressType, address }))),
  )
  // With two families every server is there twice.
  const counts = [...Map.groupBy(ready, ({ addressType }) => addressType).values()].map(
    (family) => new Set(family.map(({ address }) => address)).size,
  )
  const servers = Math.max(0, ...counts)
  if (servers < 2) return []
  return [
    {
      severity: 'info',
      code: 'OtherServers',
      message: `No figures of the other API servers: the cluster has ${servers}, and those of one are shown, which the connection led to`,
      advice: 'a Prometheus that scrapes all of them has the figures of all (--prometheus)',
      count: servers - 1,
    },
  ]
}
