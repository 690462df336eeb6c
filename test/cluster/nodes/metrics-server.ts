import type { ApiClient } from '../api-client.ts'
import type { BinaryPaths } from '../binaries/obtain-binaries.ts'
import { pinnedVersion } from '../binaries/pinned-binaries.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'
import { waitFor } from '../processes.ts'
import { applyObjects, waitForReadyPod } from './add-on.ts'
import type { ImageDefinition } from './image-definitions.ts'

const name = 'metrics-server'
const metadata = { name, namespace: 'kube-system' }
const labels = { 'k8s-app': name }
const account = { kind: 'ServiceAccount', ...metadata }

function image(): string {
  return `registry.k8s.io/metrics-server/metrics-server:${pinnedVersion('metrics-server')}`
}

/** metrics-server under the name of the project's own image. */
export function metricsServerImage(): ImageDefinition {
  return {
    references: [image()],
    programs: {},
    busybox: false,
    binaries: { 'metrics-server': '/metrics-server' },
    entrypoint: ['/metrics-server'],
  }
}

/** Runs metrics-server on the real nodes and waits until metrics.k8s.io has figures of a node. */
export async function startMetricsServer(state: ClusterState, binaries: BinaryPaths, client: ApiClient): Promise<void> {
  await applyObjects(state, binaries, metricsServerObjects())
  await waitForReadyPod(state, client, name, `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${name}`)
  await waitFor(clusterFolder(state.name), 'node-a/kubelet', 'metrics.k8s.io has figures', async () => {
    const { status, body } = await client.request('GET', '/apis/metrics.k8s.io/v1beta1/nodes')
    return status === 200 && (body as { items: unknown[] }).items.length > 0
  })
}

/** What the project's own manifests make (manifests/base in its source), but it looks as often as it can: every 10 s. */
function metricsServerObjects(): object[] {
  const group = 'rbac.authorization.k8s.io'
  const bind = (bound: string, role: string) => ({
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: bound },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
    subjects: [account],
  })
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: { name: `system:${name}` },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    bind(`system:${name}`, `system:${name}`),
    bind(`${name}:system:auth-delegator`, 'system:auth-delegator'),
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name: `${name}-auth-reader`, namespace: metadata.namespace },
      roleRef: { apiGroup: group, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects: [account],
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, labels },
      spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...metadata, labels }, spec: deploymentSpec() },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: metadata,
      },
    },
  ]
}

function deploymentSpec() {
  const args = [
    '--cert-dir=/tmp',
    '--secure-port=10250',
    '--kubelet-preferred-address-types=InternalIP',
    // The kubelets' certificates are signed by the cluster's own authority.
    '--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
    '--kubelet-use-node-status-port',
    '--metric-resolution=10s',
    // It must be shorter than the resolution.
    '--kubelet-request-timeout=5s',
  ]
  const container = {
    name,
    image: image(),
    args,
    ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' }, periodSeconds: 1 },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  }
  return {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        priorityClassName: 'system-cluster-critical',
        terminationGracePeriodSeconds: 1,
        containers: [container],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      },
    },
  }
}
