import { expect, test } from 'vitest'
import { recognize } from '../../../../lib/prometheus/server/find.ts'
import type { Service, ServicePort } from '../../../../lib/prometheus/server/service.ts'

interface Made {
  name: string
  namespace?: string
  labels?: Record<string, string>
  ports: ServicePort[]
  selector?: Record<string, string>
}

function service({ name, namespace = 'monitoring', labels = {}, ports, selector = { app: name } }: Made): Service {
  return { metadata: { name, namespace, labels }, spec: { selector, ports } }
}
const app = (name: string, more = {}) => ({ 'app.kubernetes.io/name': name, ...more })

// Labels and ports as the charts, operators and OpenShift make them.
test.for<[what: string, made: Made, flavor: string, port: number, more?: object]>([
  [
    'kube-prometheus-stack',
    {
      name: 'kps-prometheus',
      labels: { app: 'kube-prometheus-stack-prometheus', 'app.kubernetes.io/part-of': 'kube-prometheus-stack' },
      ports: [
        { name: 'http-web', port: 9090, targetPort: 9090 },
        { name: 'reloader-web', port: 8080, appProtocol: 'http', targetPort: 'reloader-web' },
      ],
    },
    'prometheus-stack',
    9090,
  ],
  [
    'kube-prometheus',
    {
      name: 'prometheus-k8s',
      labels: app('prometheus', {
        'app.kubernetes.io/part-of': 'kube-prometheus',
        'app.kubernetes.io/component': 'prometheus',
      }),
      ports: [
        { name: 'web', port: 9090, targetPort: 'web' },
        { name: 'reloader-web', port: 8080, targetPort: 'reloader-web' },
      ],
    },
    'prometheus-stack',
    9090,
  ],
  [
    "prometheus-operator's own",
    {
      name: 'prometheus-operated',
      labels: { 'operated-prometheus': 'true' },
      ports: [{ name: 'web', port: 9090, targetPort: 'web' }],
    },
    'prometheus',
    9090,
  ],
  [
    'the community chart',
    {
      name: 'prometheus-server',
      labels: app('prometheus', { 'app.kubernetes.io/component': 'server', 'app.kubernetes.io/part-of': 'prometheus' }),
      ports: [{ name: 'http', port: 80, targetPort: 9090 }],
    },
    'prometheus',
    80,
  ],
  [
    'the community chart of old',
    {
      name: 'prometheus-server',
      labels: { app: 'prometheus', component: 'server' },
      ports: [{ name: 'http', port: 80, targetPort: 9090 }],
    },
    'prometheus',
    80,
  ],
  [
    'OpenShift',
    {
      name: 'thanos-querier',
      namespace: 'openshift-monitoring',
      labels: app('thanos-query'),
      ports: [
        { name: 'web', port: 9091, targetPort: 'web' },
        { name: 'tenancy', port: 9092, targetPort: 'tenancy' },
        { name: 'metrics', port: 9094, targetPort: 'metrics' },
      ],
    },
    'openshift',
    9091,
    { secure: true },
  ],
  [
    'VictoriaMetrics, single',
    { name: 'vmsingle-main', labels: app('vmsingle'), ports: [{ name: 'http', port: 8429, targetPort: 8429 }] },
    'victoria-metrics',
    8429,
    { root: '' },
  ],
  [
    'VictoriaMetrics, cluster',
    { name: 'vmselect-main', labels: app('vmselect'), ports: [{ name: 'http', port: 8481, targetPort: 8481 }] },
    'victoria-metrics',
    8481,
    { root: '/select/0/prometheus' },
  ],
  [
    'Thanos',
    {
      name: 'thanos-query',
      labels: app('thanos', { 'app.kubernetes.io/component': 'query' }),
      ports: [
        { name: 'grpc', port: 10901 },
        { name: 'http', port: 10902 },
      ],
    },
    'thanos',
    10902,
  ],
  ['made by hand', { name: 'prometheus', ports: [{ port: 9090 }] }, 'prometheus', 9090],
])('%s is recognized', ([, made, flavor, port, more = {}]) => {
  const [found] = recognize(service(made))
  expect(found).toMatchObject({ flavor, target: { name: made.name, port: { port }, secure: false, root: '', ...more } })
})

test.for<[what: string, made: Made]>([
  [
    'Alertmanager',
    {
      name: 'alertmanager-main',
      labels: app('alertmanager', { 'app.kubernetes.io/part-of': 'kube-prometheus' }),
      ports: [{ name: 'web', port: 9093 }],
    },
  ],
  [
    'Alertmanager of the stack',
    {
      name: 'kps-alertmanager',
      labels: { app: 'kube-prometheus-stack-alertmanager' },
      ports: [{ name: 'http-web', port: 9093 }],
    },
  ],
  [
    'the operator',
    { name: 'kps-operator', labels: { app: 'kube-prometheus-stack-operator' }, ports: [{ name: 'https', port: 443 }] },
  ],
  [
    'node-exporter',
    { name: 'node-exporter', labels: app('prometheus-node-exporter'), ports: [{ name: 'metrics', port: 9100 }] },
  ],
  [
    'a part of the community chart',
    {
      name: 'prometheus-pushgateway',
      labels: { app: 'prometheus', component: 'pushgateway' },
      ports: [{ name: 'http', port: 9091 }],
    },
  ],
  [
    "OpenShift's Prometheus, behind Thanos",
    {
      name: 'prometheus-k8s',
      namespace: 'openshift-monitoring',
      labels: app('prometheus'),
      ports: [{ name: 'web', port: 9091 }],
    },
  ],
  [
    'a Thanos sidecar',
    {
      name: 'sidecar',
      labels: app('thanos', { 'app.kubernetes.io/component': 'sidecar' }),
      ports: [{ name: 'http', port: 10902 }],
    },
  ],
  ['an application with metrics', { name: 'web', labels: app('web'), ports: [{ name: 'http', port: 80 }] }],
  ['endpoints kept by hand', { name: 'prometheus', selector: {}, ports: [{ port: 9090 }] }],
])('%s is none', ([, made]) => {
  expect(recognize(service(made))).toEqual([])
})
