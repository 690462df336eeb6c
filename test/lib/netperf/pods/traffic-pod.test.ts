import { expect, test } from 'vitest'
import { arrange } from '../../../../lib/netperf/pods/arrangement.ts'
import { serviceManifests, withUdp } from '../../../../lib/netperf/pods/make-services.ts'
import { trafficPod } from '../../../../lib/netperf/pods/traffic-pod.ts'
import { netperfPlan } from '../plans.ts'
import { testCase } from '../test-case-example.ts'

type Parts = Parameters<typeof netperfPlan>[0]

interface Spec {
  hostNetwork?: boolean
  nodeSelector: object
  affinity?: Record<string, Record<string, unknown[]>>
  imagePullSecrets?: unknown
  securityContext: object
  tolerations: unknown
  containers: {
    command: string[]
    ports: { containerPort: number; protocol: string }[]
    readinessProbe?: object
    resources: { requests: object; limits?: object }
    securityContext: object
  }[]
}

function specs(parts: Parts): Spec[] {
  const plan = netperfPlan(parts)
  return arrange(plan, ['a', 'b']).pods.map((pod) => (trafficPod(pod, plan, 900) as { spec: Spec }).spec)
}

test('the restricted profile, no CPU limit, Linux nodes only', () => {
  const [server] = specs({ pods: { nodeSelector: { disk: 'ssd' }, imagePullSecret: 'key', cpuRequest: '2' } })
  expect(server).toMatchObject({
    automountServiceAccountToken: false,
    activeDeadlineSeconds: 900,
    nodeSelector: { 'kubernetes.io/os': 'linux', disk: 'ssd' },
    imagePullSecrets: [{ name: 'key' }],
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  })
  const [container] = server?.containers ?? []
  expect(container?.securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })
  expect(container?.resources).toEqual({ requests: { cpu: '2', memory: '32Mi' } })
  expect(server?.hostNetwork).toBeUndefined()
})

test('no kubelet knocks at servers that take one client; those without a shell are probed', () => {
  const [withShell] = specs({})
  expect(withShell?.containers[0]?.readinessProbe).toBeUndefined()
  const [without, client] = specs({ tests: [testCase({ engine: 'fortio', protocol: 'http' })] })
  expect(without?.containers[0]).toMatchObject({
    command: ['fortio', 'serve', '5201'],
    readinessProbe: { tcpSocket: { port: 5201 } },
  })
  expect(client?.containers[0]?.command).toEqual(['fortio', 'serve', '5201'])
})

test('each process has two ports, for TCP and UDP', () => {
  const [server] = specs({ tests: [testCase({ path: 'host' })] })
  expect(server?.hostNetwork).toBe(true)
  expect(server?.containers[0]?.ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)).toEqual([
    '5201/TCP',
    '5201/UDP',
    '5202/TCP',
    '5202/UDP',
  ])
})

test.each([
  ['other-node', { podAntiAffinity: ['kubernetes.io/hostname'] }],
  ['same-node', { podAffinity: ['kubernetes.io/hostname'] }],
  ['other-zone', { podAntiAffinity: ['topology.kubernetes.io/zone'] }],
  ['same-zone', { podAffinity: ['topology.kubernetes.io/zone'], podAntiAffinity: ['kubernetes.io/hostname'] }],
  ['any', {}],
] as const)('%s is required of the scheduler', (placement, expected) => {
  const [, client] = specs({ tests: [testCase({ placement })] })
  const required = Object.entries(client?.affinity ?? {}).map(
    ([kind, { requiredDuringSchedulingIgnoredDuringExecution: terms = [] }]) => [
      kind,
      (terms as { topologyKey: string }[]).map(({ topologyKey }) => topologyKey),
    ],
  )
  expect(Object.fromEntries(required)).toEqual(expected)
})

test('a certain node goes through the scheduler too', () => {
  const [server, client] = specs({ pods: { clientNode: 'a', serverNode: 'b' } })
  const nodeOf = (spec: Spec | undefined) => JSON.stringify(spec?.affinity?.nodeAffinity)
  expect(nodeOf(server)).toContain('"matchFields":[{"key":"metadata.name","operator":"In","values":["b"]}]')
  expect(nodeOf(client)).toContain('"values":["a"]')
})

test('a Service for each server, path and family, with the ports of all its processes', () => {
  const tests = [
    testCase({ path: 'service' }),
    testCase({ path: 'nodeport', ipFamily: 6 }),
    testCase({ path: 'pod', placement: 'same-node' }),
  ]
  const plan = netperfPlan({ tests, arrangement: { kind: 'ratio', clients: 2, servers: 2 } })
  const services = serviceManifests(plan, arrange(plan, [])) as {
    metadata: { name: string }
    spec: { type: string; ipFamilies: string[]; ports: { name: string }[] }
  }[]
  expect(services.map(({ metadata, spec }) => `${metadata.name} ${spec.type} ${spec.ipFamilies.join()}`)).toEqual([
    'other-node-server-0-service-v4 ClusterIP IPv4',
    'other-node-server-1-service-v4 ClusterIP IPv4',
    'other-node-server-0-nodeport-v6 NodePort IPv6',
    'other-node-server-1-nodeport-v6 NodePort IPv6',
  ])
  expect(services[0]?.spec.ports.map(({ name }) => name)).toEqual(
    [5201, 5202, 5203, 5204].flatMap((port) => [`tcp-${port}`, `udp-${port}`]),
  )
})

test('UDP gets the node port of TCP', () => {
  const port = (protocol: string, number: number) => ({
    name: `${protocol}-${number}`,
    protocol,
    port: number,
    targetPort: number,
  })
  const given = [
    { ...port('TCP', 5201), nodePort: 30_001 },
    { ...port('TCP', 5202), nodePort: 31_234 },
  ]
  const wanted = [port('TCP', 5201), port('UDP', 5201), port('TCP', 5202), port('UDP', 5202)]
  const { spec } = withUdp({ spec: { ports: given } }, wanted) as { spec: { ports: { nodePort: number }[] } }
  expect(spec.ports.map(({ nodePort }) => nodePort)).toEqual([30_001, 30_001, 31_234, 31_234])
})
