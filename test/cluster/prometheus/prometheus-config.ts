import { stringify } from 'yaml'
import { clusterAddresses } from '../addresses.ts'
import type { ApiClient } from '../api-client.ts'
import type { ClusterState } from '../cluster-folder.ts'
import { realNodes } from '../nodes/real-node.ts'

/** Short, so that a test's window soon has scrapes enough; the figures of a run are small. */
export const scrapeIntervalSeconds = 2

export const prometheusNames = { namespace: 'monitoring', name: 'kube-prometheus-stack-prometheus' }

interface Reached {
  /** Each of them, `127.0.0.1:21002`. */
  readonly apiServers: readonly string[]
  /** What Prometheus reads its token and the cluster's authority from. */
  readonly tokenFile: string
  readonly caFile: string
  /** Parts of the control plane that listen on this machine's loopback alone. */
  readonly components: readonly { readonly job: string; readonly address: string }[]
}

/**
 * The configuration, with the jobs and labels that kube-prometheus-stack gives. The targets are written out: Debian's
 * Prometheus is built without service discovery by Kubernetes.
 */
export function prometheusConfig(state: ClusterState, { apiServers, tokenFile, caFile, components }: Reached): string {
  const secure = {
    scheme: 'https',
    authorization: { credentials_file: tokenFile },
    tls_config: { ca_file: caFile },
  }
  const kubelets = realNodes(state).map(({ name, address }) => ({
    targets: [`${address}:10250`],
    labels: { node: name },
  }))
  const kubelet = (path: string) => ({
    job_name: `kubelet${path}`,
    ...secure,
    metrics_path: path,
    static_configs: kubelets,
    relabel_configs: [
      { target_label: 'job', replacement: 'kubelet' },
      { source_labels: ['__metrics_path__'], target_label: 'metrics_path' },
    ],
  })
  const agents = realNodes(state).map(({ name, address }) => ({ targets: [`${address}:9962`], labels: { node: name } }))
  return stringify({
    global: {
      scrape_interval: `${scrapeIntervalSeconds}s`,
      scrape_timeout: `${scrapeIntervalSeconds}s`,
    },
    scrape_configs: [
      { job_name: 'apiserver', ...secure, static_configs: [{ targets: apiServers }] },
      ...components.map(({ job, address }) => ({ job_name: job, ...secure, static_configs: [{ targets: [address] }] })),
      ...(state.cilium ? [{ job_name: 'cilium-agent', static_configs: agents }] : []),
      ...(kubelets.length > 0 ? [kubelet('/metrics'), kubelet('/metrics/cadvisor')] : []),
    ],
  })
}

/** The account that Prometheus asks as, and what it may read; what is there stays. */
export function prometheusAccount(): object[] {
  const { namespace, name } = prometheusNames
  const rbac = 'rbac.authorization.k8s.io'
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { nonResourceURLs: ['/metrics', '/metrics/cadvisor'], verbs: ['get'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ]
}

/** A token of that account, for a Prometheus that is no pod. */
export async function prometheusToken(client: ApiClient): Promise<string> {
  const { namespace, name } = prometheusNames
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const { status, body } = await client.request('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 86_400 },
  })
  if (status !== 201) throw new Error(`No token for Prometheus: ${JSON.stringify(body)}`)
  return (body as { status: { token: string } }).status.token
}

/** Where a Prometheus beside the control plane answers. */
export function prometheusUrl(slot: number): string {
  return `http://127.0.0.1:${clusterAddresses(slot).ports.prometheus}`
}
