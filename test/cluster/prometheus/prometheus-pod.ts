import { forwardedApiServer } from '../addresses.ts'
import type { ClusterState } from '../cluster-folder.ts'
import type { ImageDefinition } from '../nodes/image-definitions.ts'
import { prometheusConfig, prometheusNames } from './prometheus-config.ts'

const image = 'quay.io/prometheus/prometheus:v2.42.0'
const folder = '/var/run/secrets/kubernetes.io/serviceaccount'
const { namespace, name } = prometheusNames

/** Debian's Prometheus under the name of the project's own image. */
export function prometheusImage(): ImageDefinition {
  return {
    references: [image],
    programs: { prometheus: '/bin/prometheus' },
    busybox: false,
    folders: ['/prometheus'],
    entrypoint: ['/bin/prometheus'],
  }
}

/** As the operator of kube-prometheus-stack makes them, without the operator. */
export function prometheusObjects(state: ClusterState): object[] {
  const { address, port } = forwardedApiServer(state.slot)
  const config = prometheusConfig(state, {
    apiServers: [`${address}:${port}`],
    tokenFile: `${folder}/token`,
    caFile: `${folder}/ca.crt`,
    components: [],
  })
  return prometheusInNamespace({ namespace, name, config, serviceAccountName: name })
}

interface InNamespace {
  readonly namespace: string
  readonly name: string
  readonly config: string
  readonly serviceAccountName?: string
  /** Further files beside the configuration, by name. */
  readonly files?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** A Prometheus with the Services that kube-prometheus-stack and its operator give it. */
export function prometheusInNamespace(options: InNamespace): object[] {
  const { namespace: own, name: called, config, files = {} } = options
  const podLabels = {
    'app.kubernetes.io/name': 'prometheus',
    'app.kubernetes.io/instance': called,
    'operator.prometheus.io/name': called,
    prometheus: called,
  }
  const selector = { 'app.kubernetes.io/name': 'prometheus', 'operator.prometheus.io/name': called }
  const labels = { app: 'kube-prometheus-stack-prometheus', release: 'kube-prometheus-stack' }
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `prometheus-${called}`, namespace: own },
      data: { 'prometheus.yml': config, ...files },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: `prometheus-${called}`, namespace: own, labels },
      spec: {
        serviceName: 'prometheus-operated',
        selector: { matchLabels: podLabels },
        template: { metadata: { labels: podLabels }, spec: podSpec(options) },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'prometheus-operated', namespace: own, labels: { 'operated-prometheus': 'true' } },
      spec: {
        clusterIP: 'None',
        selector: { 'app.kubernetes.io/name': 'prometheus' },
        ports: [{ name: 'http-web', port: 9090, targetPort: 'http-web' }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: called, namespace: own, labels: { ...labels, 'self-monitor': 'true' } },
      spec: { selector, ports: [{ name: 'http-web', port: 9090, targetPort: 9090 }] },
    },
  ]
}

function podSpec({ name: called, serviceAccountName, args = [] }: InNamespace) {
  return {
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'prometheus',
        image,
        args: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus', ...args],
        ports: [{ name: 'http-web', containerPort: 9090 }],
        // A protected one wants to know who asks: that it listens is enough.
        readinessProbe: { tcpSocket: { port: 9090 }, periodSeconds: 1 },
        volumeMounts: [
          { name: 'config', mountPath: '/etc/prometheus' },
          { name: 'data', mountPath: '/prometheus' },
        ],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: `prometheus-${called}` } },
      { name: 'data', emptyDir: {} },
    ],
  }
}
