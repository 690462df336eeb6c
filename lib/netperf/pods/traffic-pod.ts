import { objectName, type RunScope } from '../../run/run-scope.ts'
import type { NetperfPlan } from '../netperf-plan.ts'
import { serverScript } from '../traffic/shell-scripts.ts'
import type { Relation, WantedContainer, WantedPod } from './wanted-pod.ts'

/** By which pods of a run select each other and Services select pods: the pod's name in the arrangement. */
export const POD_LABEL = 'kubectl-perf/pod'
/** Pods that are to be spread over the nodes evenly. */
const SPREAD_LABEL = 'kubectl-perf/spread'

export const HOSTNAME = 'kubernetes.io/hostname'
export const ZONE = 'topology.kubernetes.io/zone'

/** Any but root; no image has anything that only a certain one may run. */
const USER = 65_532

type PodPlan = Pick<NetperfPlan, 'scope' | 'pods' | 'engines'>

/**
 * A pod that carries traffic. It satisfies the restricted pod-security profile, host network apart, and has no CPU limit:
 * a limit would be what is measured.
 */
export function trafficPod(wanted: WantedPod, plan: PodPlan, activeDeadlineSeconds: number): object {
  const { scope, pods } = plan
  const spread = { [SPREAD_LABEL]: `${wanted.placement}-${wanted.role}${wanted.hostNetwork ? '-host' : ''}` }
  const affinity = affinityOf(wanted, scope)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: objectName(scope, wanted.name),
      labels: { ...scope.labels, ...spread, [POD_LABEL]: wanted.name },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 1,
      activeDeadlineSeconds,
      nodeSelector: { 'kubernetes.io/os': 'linux', ...pods.nodeSelector },
      tolerations: pods.tolerations,
      ...(pods.imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: pods.imagePullSecret }] }),
      ...(wanted.hostNetwork ? { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
      ...(affinity === undefined ? {} : { affinity }),
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: HOSTNAME,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { ...scope.labels, ...spread } },
        },
      ],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      // iperf3 keeps its buffers in files there.
      volumes: [{ name: 'tmp', emptyDir: {} }],
      containers: wanted.containers.map((container) => containerOf(container, plan)),
    },
  }
}

function containerOf(container: WantedContainer, { pods, engines }: PodPlan): object {
  const { name, image, hasShell, processes } = container
  const commands = processes.flatMap(({ engine, port, ipFamily }) => {
    const command = engines.get(engine)?.serverCommand(port, ipFamily)
    return command === undefined ? [] : [command]
  })
  const [first] = processes
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: hasShell ? ['sh', '-c', serverScript(commands)] : commands[0],
    env: [{ name: 'HOME', value: '/tmp' }],
    // On the host network the scheduler keeps others with the same ports away.
    ports: processes.flatMap(({ port }) =>
      [port, port + 1].flatMap((containerPort) => [
        { containerPort, protocol: 'TCP' },
        { containerPort, protocol: 'UDP' },
      ]),
    ),
    // What has a shell is asked by it: these servers talk to one client at a time, and a kubelet is one too.
    ...(hasShell || first === undefined
      ? {}
      : { readinessProbe: { tcpSocket: { port: first.port }, periodSeconds: 1, failureThreshold: 1 } }),
    resources: { requests: { cpu: pods.cpuRequest, memory: '32Mi' } },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  }
}

function affinityOf({ node, zones, relation }: WantedPod, scope: RunScope): object | undefined {
  const onNode = node === undefined ? {} : { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
  const inZones = zones === undefined ? {} : { matchExpressions: [{ key: ZONE, operator: 'In', values: zones }] }
  const nodeAffinity =
    node === undefined && zones === undefined
      ? undefined
      : { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ ...onNode, ...inZones }] } }
  if (nodeAffinity === undefined && relation === undefined) return undefined
  return { ...(nodeAffinity === undefined ? {} : { nodeAffinity }), ...(relation && podAffinities(relation, scope)) }
}

function podAffinities({ kind, pods }: Relation, scope: RunScope): object {
  const term = (names: readonly string[], topologyKey: string) => ({
    labelSelector: {
      matchLabels: scope.labels,
      matchExpressions: [{ key: POD_LABEL, operator: 'In', values: names }],
    },
    topologyKey,
  })
  const required = (terms: readonly object[]) => ({ requiredDuringSchedulingIgnoredDuringExecution: terms })
  // Near to each of them; away from all of them.
  const near = (topologyKey: string) => required(pods.map((pod) => term([pod], topologyKey)))
  const away = (topologyKey: string) => required([term(pods, topologyKey)])
  if (kind === 'same-node') return { podAffinity: near(HOSTNAME) }
  if (kind === 'other-node') return { podAntiAffinity: away(HOSTNAME) }
  // In the same zone, and on another node: on one node there is no network to speak of.
  if (kind === 'same-zone') return { podAffinity: near(ZONE), podAntiAffinity: away(HOSTNAME) }
  return { podAntiAffinity: away(ZONE) }
}
