/**
 * What Kubernetes takes where the chart hands a value on as it is. Letters as in chart-keys.ts, and S: a map of texts, L: a
 * map of node labels, Q: a map of quantities of resources; a map of shapes: those keys and no others; a list with one
 * shape: a list of such.
 */
export type Shape = string | { readonly [name: string]: Shape } | readonly [Shape]

// Source: the API reference of core/v1 and apps/v1, Kubernetes 1.34.

const requirement: Shape = { key: 's', operator: 's', values: 'l' }
const labelSelector: Shape = { matchLabels: 'S', matchExpressions: [requirement] }
const nodeSelectorTerm: Shape = { matchExpressions: [requirement], matchFields: [requirement] }
const podAffinityTerm: Shape = {
  labelSelector,
  namespaceSelector: labelSelector,
  namespaces: 'l',
  topologyKey: 's',
  matchLabelKeys: 'l',
  mismatchLabelKeys: 'l',
}
const podAffinity: Shape = {
  requiredDuringSchedulingIgnoredDuringExecution: [podAffinityTerm],
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 'i', podAffinityTerm }],
}
const affinity: Shape = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeSelectorTerm] },
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 'i', preference: nodeSelectorTerm }],
  },
  podAffinity,
  podAntiAffinity: podAffinity,
}
const seLinuxOptions: Shape = { level: 's', role: 's', type: 's', user: 's' }
const profile: Shape = { type: 's', localhostProfile: 's' }
// Of containers and of pods: charts say securityContext for both.
const securityContext: Shape = {
  allowPrivilegeEscalation: 'b',
  appArmorProfile: profile,
  capabilities: { add: 'l', drop: 'l' },
  fsGroup: 'i',
  fsGroupChangePolicy: 's',
  privileged: 'b',
  procMount: 's',
  readOnlyRootFilesystem: 'b',
  runAsGroup: 'i',
  runAsNonRoot: 'b',
  runAsUser: 'i',
  seccompProfile: profile,
  seLinuxChangePolicy: 's',
  seLinuxOptions,
  supplementalGroups: 'l',
  supplementalGroupsPolicy: 's',
  sysctls: [{ name: 's', value: 's' }],
  windowsOptions: 'f',
}

const SHAPES: Readonly<Record<string, Shape>> = {
  affinity,
  extraConfig: 'S',
  extraEnv: [{ name: 's', value: 's', valueFrom: 'f' }],
  initResources: { limits: 'Q', requests: 'Q', claims: 'l' },
  nodeSelector: 'L',
  podSecurityContext: securityContext,
  resources: { limits: 'Q', requests: 'Q', claims: 'l' },
  securityContext,
  seLinuxOptions,
  tolerations: [{ key: 's', operator: 's', value: 's', effect: 's', tolerationSeconds: 'i' }],
  topologySpreadConstraints: [
    {
      labelSelector,
      matchLabelKeys: 'l',
      maxSkew: 'i',
      minDomains: 'i',
      nodeAffinityPolicy: 's',
      nodeTaintsPolicy: 's',
      topologyKey: 's',
      whenUnsatisfiable: 's',
    },
  ],
  updateStrategy: { type: 's', rollingUpdate: { maxSurge: 'is', maxUnavailable: 'is', partition: 'i' } },
}

/** The shape of what a chart hands on under a key of this name; undefined where it may be anything. */
export function shapeOf(name: string): Shape | undefined {
  if (Object.hasOwn(SHAPES, name)) return SHAPES[name]
  return /(annotations|labels)$/i.test(name) ? 'S' : undefined
}
