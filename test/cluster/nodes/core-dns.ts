import { clusterAddresses } from '../addresses.ts'
import type { ApiClient } from '../api-client.ts'
import type { BinaryPaths } from '../binaries/obtain-binaries.ts'
import { pinnedVersion } from '../binaries/pinned-binaries.ts'
import type { ClusterState } from '../cluster-folder.ts'
import { applyObjects, waitForReadyPod } from './add-on.ts'
import type { ImageDefinition } from './image-definitions.ts'

const labels = { 'k8s-app': 'kube-dns' }
const metadata = { name: 'coredns', namespace: 'kube-system' }

function image(): string {
  return `registry.k8s.io/coredns/coredns:${pinnedVersion('coredns')}`
}

/** The DNS server under the name that kubeadm has for it. */
export function coreDnsImage(): ImageDefinition {
  return {
    references: [image()],
    programs: {},
    busybox: false,
    binaries: { coredns: '/coredns' },
    entrypoint: ['/coredns'],
  }
}

/** Runs CoreDNS on the real nodes and waits until it answers. */
export async function startCoreDns(state: ClusterState, binaries: BinaryPaths, client: ApiClient): Promise<void> {
  await applyObjects(state, binaries, coreDnsObjects(clusterAddresses(state.slot).dnsAddress))
  await waitForReadyPod(state, client, 'CoreDNS', '/apis/apps/v1/namespaces/kube-system/deployments/coredns')
}

/** What kubeadm makes of it (phases/addons/dns in its source), with one replica, and asking nobody outside. */
function coreDnsObjects(address: string): object[] {
  const rbac = 'rbac.authorization.k8s.io'
  const reads = (group: string, ...resources: string[]) => ({ apiGroups: [group], resources, verbs: ['list', 'watch'] })
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [reads('', 'endpoints', 'services', 'pods', 'namespaces'), reads('discovery.k8s.io', 'endpointslices')],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...metadata, labels }, spec: deploymentSpec() },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
      spec: {
        clusterIP: address,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
          { name: 'metrics', port: 9153, protocol: 'TCP' },
        ],
      },
    },
  ]
}

// `loop` has nothing to find where nothing is forwarded.
const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    cache 30
    reload
    loadbalance
}
`

function deploymentSpec() {
  const container = {
    name: 'coredns',
    image: image(),
    args: ['-conf', '/etc/coredns/Corefile'],
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    ],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
    resources: { requests: { cpu: '10m', memory: '70Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    },
  }
  return {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: metadata.name,
        priorityClassName: 'system-cluster-critical',
        dnsPolicy: 'Default',
        terminationGracePeriodSeconds: 1,
        containers: [container],
        volumes: [{ name: 'config', configMap: { name: metadata.name } }],
      },
    },
  }
}
