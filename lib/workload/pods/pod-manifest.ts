import { PAUSE_IMAGE } from '../images/images.ts'

export interface PodOptions {
  image: string
  labels: Readonly<Record<string, string>>
  /** The kubelet ends the pod after so long, also when nobody is left to delete it. */
  activeDeadlineSeconds?: number
  /** Kubernetes quantities; requests have small defaults, limits none. */
  requests?: ResourceAmounts
  limits?: ResourceAmounts
  nodeSelector?: Readonly<Record<string, string>>
  tolerations?: readonly Toleration[]
  /** Without it, what the image runs. */
  command?: readonly string[]
  /** One that the image works for. Without it, whoever the image says. */
  runAsUser?: number
  /** Ready as soon as something listens there; without it, as soon as it runs. */
  readyPort?: number
  /** Pods with the same word are spread over the nodes as evenly as may be. */
  spread?: string
}

export interface ResourceAmounts {
  cpu?: string
  memory?: string
}

export interface Toleration {
  key?: string
  operator: 'Exists' | 'Equal'
  value?: string
  effect?: string
}

const SMALL_REQUESTS: ResourceAmounts = { cpu: '1m', memory: '8Mi' }

/** For images that work for any user, or need not work at all: `nobody` of the images that have one. */
export const ANY_USER = 65_535
const SPREAD_LABEL = 'kubectl-perf/spread'

/**
 * A bare pod with one container that is as harmless as its image allows: no service-account token, requests so small
 * that they never decide where it fits, and the restricted pod-security profile for the pause image, which runs as any
 * user, and where a user is given. Other images may need root, so for them only escalation is refused.
 */
export function podManifest(name: string, options: PodOptions): object {
  const { image, labels, activeDeadlineSeconds, requests, limits, nodeSelector, tolerations } = options
  const { command, readyPort, spread } = options
  const isPause = image.replace(/^.*\//, '').startsWith(PAUSE_IMAGE.replace(/^.*\/([^:]*):.*$/, '$1:'))
  const user = options.runAsUser ?? (isPause ? ANY_USER : undefined)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: spread === undefined ? labels : { ...labels, [SPREAD_LABEL]: spread } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 5,
      ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
      ...(nodeSelector === undefined ? {} : { nodeSelector }),
      ...(tolerations === undefined ? {} : { tolerations }),
      securityContext: {
        seccompProfile: { type: 'RuntimeDefault' },
        ...(user === undefined ? {} : { runAsNonRoot: true, runAsUser: user, runAsGroup: user }),
      },
      ...(spread === undefined ? {} : { topologySpreadConstraints: [evenly({ ...labels, [SPREAD_LABEL]: spread })] }),
      containers: [
        {
          name: 'main',
          image,
          imagePullPolicy: 'IfNotPresent',
          ...(command === undefined ? {} : { command }),
          ...(readyPort === undefined
            ? {}
            : { readinessProbe: { tcpSocket: { port: readyPort }, periodSeconds: 1, failureThreshold: 1 } }),
          resources: { requests: { ...SMALL_REQUESTS, ...requests }, ...(limits === undefined ? {} : { limits }) },
          securityContext: {
            allowPrivilegeEscalation: false,
            ...(user === undefined ? {} : { capabilities: { drop: ['ALL'] } }),
            ...(isPause ? { readOnlyRootFilesystem: true } : {}),
          },
        },
      ],
    },
  }
}

function evenly(matchLabels: Readonly<Record<string, string>>): object {
  const topologyKey = 'kubernetes.io/hostname'
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels } }
}

/**
 * The JSON of many objects that differ in their name alone, serialised once: returns the text for a name.
 * `manifest(name)` must put the name nowhere but where it is meant to be replaced.
 */
export function manifestText(manifest: (name: string) => object): (name: string) => string {
  const placeholder = 'name-to-be-replaced'
  const parts = JSON.stringify(manifest(placeholder)).split(placeholder)
  return (name) => parts.join(name)
}
