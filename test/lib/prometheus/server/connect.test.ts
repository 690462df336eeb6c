import { connect as connectTcp } from 'node:net'
import { expect, test } from 'vitest'
import { apiErrorOf } from '../../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import { connectPrometheus } from '../../../../lib/prometheus/server/connect.ts'
import type { PrometheusPod, Service } from '../../../../lib/prometheus/server/service.ts'
import { parsePrometheusChoice } from '../../../../lib/record/prometheus-choice.ts'
import { type FakePrometheus, fakePrometheus, success } from './fake-prometheus.ts'

const { signal } = new AbortController()

interface Cluster {
  services: Service[]
  pods: PrometheusPod[]
  /** Namespaces where Services and pods may be listed; everywhere when absent. */
  allowed?: string[]
}

interface ListOptions {
  labelSelector?: string
  fieldSelector?: string
}

/** `a=b`, or `a in (b,c)`. */
function isSelected(labels: Readonly<Record<string, string>>, requirement: string): boolean {
  const [, label = '', values = ''] = /^(\S+) in \((.*)\)$/.exec(requirement) ?? requirement.split(/^([^=]+)=/)
  return label === '' || values.split(',').includes(labels[label] ?? '')
}

/** As much of a cluster as is looked at, with one Prometheus behind every pod; tells which were connected to. */
function fakeClient({ services, pods, allowed }: Cluster, server: FakePrometheus) {
  const connected: string[] = []
  const forbidden = () => apiErrorOf(403, Buffer.from(''), undefined)
  const client = {
    namespace: 'default',
    async fold(_path: string, _options: unknown, begin: () => Service[], add: (kept: Service[], one: Service) => void) {
      if (allowed !== undefined) throw forbidden()
      const result = begin()
      for (const service of services) add(result, service)
      return { result }
    },
    async list(path: string, { labelSelector = '', fieldSelector = '' }: ListOptions) {
      const [, namespace, resource = ''] = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?(\w+)$/.exec(path) ?? []
      if (namespace === undefined && allowed !== undefined) throw forbidden()
      const isAllowed = allowed?.includes(namespace ?? '')
      if (resource === 'services' ? isAllowed !== true : isAllowed === false) throw forbidden()
      const items = (resource === 'services' ? services : pods).filter(
        ({ metadata: { name, namespace: own, labels = {} } }) =>
          (namespace === undefined || own === namespace) &&
          (fieldSelector === '' || fieldSelector === `metadata.name=${name}`) &&
          labelSelector.split(/,(?![^(]*\))/).every((text) => isSelected(labels, text)),
      )
      return { items }
    },
    async getJson(path: string) {
      if (allowed?.includes(path.split('/')[4] ?? '') === false) throw forbidden()
      return services[0]
    },
    create: async () => ({ status: { allowed: true } }),
    async connectToPod({ namespace, pod }: { namespace: string; pod: string }, port: number) {
      connected.push(`${namespace}/${pod}:${port}`)
      return connectTcp(Number(new URL(server.url).port), '127.0.0.1')
    },
  }
  return { client: client as unknown as KubeClient, connected }
}

interface Made {
  namespace?: string
  labels?: Record<string, string>
  selector?: Record<string, string>
  ports?: NonNullable<Service['spec']>['ports']
}

function service(name: string, { namespace = 'monitoring', labels = {}, selector, ports }: Made = {}): Service {
  const spec = { selector: selector ?? { app: name }, ports: ports ?? [{ name: 'web', port: 9090, targetPort: 'web' }] }
  return { metadata: { name, namespace, labels }, spec }
}

function pod(
  name: string,
  labels: Record<string, string>,
  more: { namespace?: string; ready?: boolean; args?: string[] } = {},
) {
  const { namespace = 'monitoring', ready = true, args = [] } = more
  const made: PrometheusPod = {
    metadata: { name, namespace, labels },
    spec: { containers: [{ name: 'prometheus', args, ports: [{ name: 'web', containerPort: 9090 }] }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }
  return made
}

async function connect(cluster: Cluster, choice = 'auto') {
  await using server = await fakePrometheus(() => success('vector', []))
  const { client, connected } = fakeClient(cluster, server)
  const access = { variables: {}, timeoutMs: 5000 }
  const connection = await connectPrometheus(client, parsePrometheusChoice(choice), { access, signal })
  await connection.prometheus?.query('up')
  return { ...connection, connected: [...new Set(connected)], paths: server.queries.map(({ path }) => path) }
}

const operated = service('prometheus-operated', {
  labels: { 'operated-prometheus': 'true' },
  selector: { 'app.kubernetes.io/name': 'prometheus' },
})
const stack = (name: string, namespace = 'monitoring') =>
  service(name, {
    namespace,
    labels: { app: 'kube-prometheus-stack-prometheus' },
    selector: { 'app.kubernetes.io/name': 'prometheus', prometheus: name },
  })
const stackPod = (prometheus: string, more = {}) =>
  pod(`prometheus-${prometheus}-0`, { 'app.kubernetes.io/name': 'prometheus', prometheus }, more)

test('of two Services of the same pods the one that names them counts; a named port is that of the pod', async () => {
  const { prometheus, findings, connected } = await connect({
    services: [operated, stack('main')],
    pods: [stackPod('main')],
  })
  expect(prometheus?.label).toBe('monitoring/main')
  expect(findings).toEqual([])
  expect(connected).toEqual(['monitoring/prometheus-main-0:9090'])
})

test('the path that the program itself puts first is known by its flag', async () => {
  const pods = [stackPod('main', { args: ['--web.route-prefix=/prometheus/'] })]
  expect((await connect({ services: [stack('main')], pods })).paths).toEqual(['/prometheus/api/v1/query'])
})

test('the best is asked, and those beside it are named', async () => {
  const hand = service('prometheus', { namespace: 'team', ports: [{ port: 9090 }] })
  const pods = [stackPod('main'), pod('prometheus-1', { app: 'prometheus' }, { namespace: 'team' })]
  const { prometheus, findings } = await connect({ services: [hand, stack('main')], pods })
  expect(prometheus?.label).toBe('monitoring/main')
  expect(findings).toEqual([
    {
      severity: 'info',
      code: 'OtherPrometheus',
      message: 'Prometheus svc/monitoring/main:9090 is asked; there is also svc/team/prometheus:9090',
      advice: 'choose with --prometheus svc/team/prometheus:9090',
      objects: ['svc/team/prometheus:9090'],
    },
  ])
})

test('of two that are as good none is asked', async () => {
  const services = [stack('one'), stack('two')]
  const { prometheus, findings, connected } = await connect({ services, pods: [stackPod('one'), stackPod('two')] })
  expect(prometheus).toBeUndefined()
  expect(findings).toMatchObject([
    { code: 'SeveralPrometheus', objects: ['svc/monitoring/one:9090', 'svc/monitoring/two:9090'] },
  ])
  expect(connected).toEqual([])
})

test('one without a ready pod is none', async () => {
  const services = [stack('one'), stack('two')]
  const pods = [stackPod('one', { ready: false }), stackPod('two')]
  expect((await connect({ services, pods })).prometheus?.label).toBe('monitoring/two')
  const ofOne = pods.slice(0, 1)
  expect((await connect({ services: [stack('one')], pods: ofOne })).findings).toMatchObject([
    { severity: 'info', code: 'NoPrometheus', message: 'no Prometheus that is ready found in the cluster' },
  ])
})

const alone = (name: string, more = {}) =>
  pod(name, { 'app.kubernetes.io/name': 'prometheus', 'pod-template-hash': name }, more)

test('pods without a Service are found by their labels and ports; those of one workload count once', async () => {
  const exporter = pod('node-exporter-x', { 'app.kubernetes.io/name': 'prometheus-node-exporter' })
  const sidecar = pod('thanos-0', { 'app.kubernetes.io/name': 'thanos', 'app.kubernetes.io/component': 'store' })
  const pods = [exporter, sidecar, alone('a', { ready: false }), alone('b'), alone('c')]
  const { prometheus, findings, connected } = await connect({ services: [], pods })
  expect(prometheus?.label).toBe('monitoring/b')
  expect(findings).toEqual([])
  expect(connected).toEqual(['monitoring/b:9090'])
})

test('a Service counts before pods that have none; several such pods are named as they can be chosen', async () => {
  const other = pod('mine', { app: 'prometheus-server' }, { namespace: 'team' })
  const { prometheus } = await connect({ services: [stack('main')], pods: [stackPod('main'), other] })
  expect(prometheus?.label).toBe('monitoring/main')
  const { findings, connected } = await connect({ services: [], pods: [alone('a'), other] })
  const objects = ['pod/monitoring/a:9090', 'pod/team/mine:9090']
  expect(findings).toMatchObject([{ code: 'SeveralPrometheus', objects }])
  expect(connected).toEqual([])
  for (const choice of objects) {
    const chosen = await connect({ services: [], pods: [alone('a'), other] }, choice)
    expect(chosen.connected).toEqual([choice.replace('pod/', '')])
  }
})

test('a pod that is named is asked at the port that is named, and is there or is not', async () => {
  const bare = pod('bare', {})
  expect((await connect({ services: [], pods: [bare] }, 'pod/monitoring/bare:9099')).connected).toEqual([
    'monitoring/bare:9099',
  ])
  await expect(connect({ services: [], pods: [bare] }, 'pod/monitoring/gone')).rejects.toMatchObject({
    kind: 'not-found',
    message: 'error: there is no pod "gone" in namespace "monitoring"',
  })
  await expect(connect({ services: [], pods: [bare] }, 'pod/monitoring/bare:nothing')).rejects.toMatchObject({
    message: 'error: pod "bare" in namespace "monitoring" has no port nothing',
    advice: ['its ports are 9090 (web): say which with pod/monitoring/bare:PORT'],
  })
  const waiting = connect({ services: [], pods: [pod('bare', {}, { ready: false })] }, 'pod/monitoring/bare')
  await expect(waiting).rejects.toThrow('pod "bare" in namespace "monitoring" is not ready')
})

test('who may not list all pods finds one without a Service in the namespaces where it usually is', async () => {
  const pods = [alone('a'), alone('b', { namespace: 'hidden' })]
  expect((await connect({ services: [], pods, allowed: ['monitoring'] })).prometheus?.label).toBe('monitoring/a')
})

test('who may not list all Services finds it in the namespaces where it usually is', async () => {
  const cluster = { services: [stack('main'), stack('other', 'hidden')], pods: [stackPod('main')] }
  expect((await connect({ ...cluster, allowed: ['monitoring'] })).prometheus?.label).toBe('monitoring/main')
})

test('who may not read what is named is told which role has the right', async () => {
  const advice = ['apply docs/rbac/prometheus.yaml for namespace "hidden", or give the URL of Prometheus']
  const cluster = {
    services: [stack('main', 'hidden')],
    pods: [alone('b', { namespace: 'hidden' })],
    allowed: ['here'],
  }
  for (const choice of ['svc/hidden/main', 'pod/hidden/b']) {
    await expect(connect(cluster, choice)).rejects.toMatchObject({ name: 'PermissionError', advice })
  }
})

test('a Service with several ports and none that is known wants to be told which', async () => {
  const ports = [
    { name: 'a', port: 1000 },
    { name: 'b', port: 2000 },
  ]
  const services = [service('x', { ports })]
  const pods = [pod('x-0', { app: 'x' })]
  await expect(connect({ services, pods }, 'svc/monitoring/x')).rejects.toMatchObject({
    kind: 'not-found',
    advice: ['its ports are 1000 (a), 2000 (b): say which with svc/monitoring/x:PORT'],
  })
  expect((await connect({ services, pods }, 'svc/monitoring/x:b')).connected).toEqual(['monitoring/x-0:2000'])
})

test('none asks nobody', async () => {
  expect(await connect({ services: [stack('main')], pods: [stackPod('main')] }, 'none')).toMatchObject({
    prometheus: undefined,
    findings: [],
    connected: [],
  })
})
