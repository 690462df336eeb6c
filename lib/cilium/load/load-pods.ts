import { objectName } from '../../run/run-scope.ts'
import { podManifest } from '../../workload/pods/pod-manifest.ts'
import { divideLoad, type LoadPlan } from './load-plan.ts'

/** Where the echo servers listen, for TCP and UDP alike. */
export const LOAD_PORT = 8078

/** So that a Service has to choose, and some connections stay on their node while others leave it. */
const SERVERS = 2
/** Any but root: neither image has anything that only a certain user may run. */
const USER = 65_532
/** To get ready, to be probed and to be read at the end: nothing needs more. */
const SPARE_SECONDS = 900

const ROLE_LABEL = 'kubectl-perf/role'

type PodPlan = Pick<LoadPlan, 'scope' | 'connections' | 'durationMs' | 'clientImage' | 'serverImage'>

/** Of the pods that echo. */
export function serverNames({ scope }: Pick<LoadPlan, 'scope'>): string[] {
  return Array.from({ length: SERVERS }, (_, index) => objectName(scope, `load-server-${index}`))
}

/** Of the pods that connect: as many as `divideLoad` spreads the connections over. */
export function clientNames({ scope, connections }: Pick<LoadPlan, 'scope' | 'connections'>): string[] {
  const clients = 1 + Math.max(...divideLoad(connections).map(({ client }) => client))
  return Array.from({ length: clients }, (_, index) => objectName(scope, `load-client-${index}`))
}

/** Servers that echo, and clients that wait for what is run in them. */
export function loadPods(plan: PodPlan): object[] {
  const options = {
    activeDeadlineSeconds: Math.ceil(plan.durationMs / 1000) + SPARE_SECONDS,
    runAsUser: USER,
    requests: { cpu: '50m', memory: '64Mi' },
  }
  const labels = (role: string) => ({ ...plan.scope.labels, [ROLE_LABEL]: role })
  return [
    ...serverNames(plan).map((name) =>
      podManifest(name, {
        ...options,
        image: plan.serverImage,
        labels: labels('load-server'),
        spread: 'load-server',
        command: echoServer(LOAD_PORT),
        readyPort: LOAD_PORT,
      }),
    ),
    ...clientNames(plan).map((name) =>
      podManifest(name, {
        ...options,
        image: plan.clientImage,
        labels: labels('load-client'),
        spread: 'load-client',
        command: ['sleep', 'infinity'],
      }),
    ),
  ]
}

/** The Service through which the clients reach the servers. */
export function loadService({ scope }: Pick<LoadPlan, 'scope'>): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: objectName(scope, 'load'), labels: scope.labels },
    spec: {
      selector: { ...scope.labels, [ROLE_LABEL]: 'load-server' },
      ports: ['TCP', 'UDP'].map((protocol) => ({
        name: protocol.toLowerCase(),
        protocol,
        port: LOAD_PORT,
        targetPort: LOAD_PORT,
      })),
    },
  }
}

/** fortio's echo servers, and nothing else that it would listen on. */
function echoServer(port: number): string[] {
  const disabled = ['-http-port', '-grpc-port', '-redirect-port'].flatMap((listener) => [listener, 'disabled'])
  const ports = ['-tcp-port', String(port), '-udp-port', String(port)]
  return ['fortio', 'server', ...ports, ...disabled, '-loglevel', 'warning']
}
