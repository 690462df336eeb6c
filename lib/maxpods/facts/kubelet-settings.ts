/** Of a KubeletConfiguration, what has to do with how many pods a node takes; absent: not set there. */
export interface KubeletSettings {
  maxPods?: number
  /** 0: no such limit. */
  podsPerCore?: number
  /** -1: no limit. */
  podPidsLimit?: number
  kubeReserved?: Readonly<Record<string, string>>
  systemReserved?: Readonly<Record<string, string>>
  evictionHard?: Readonly<Record<string, string>>
  serializeImagePulls?: boolean
  maxParallelImagePulls?: number
  registryPullQPS?: number
  registryBurst?: number
  kubeAPIQPS?: number
  kubeAPIBurst?: number
}

const NUMBERS = [
  'maxPods',
  'podsPerCore',
  'podPidsLimit',
  'maxParallelImagePulls',
  'registryPullQPS',
  'registryBurst',
  'kubeAPIQPS',
  'kubeAPIBurst',
] as const
const MAPS = ['kubeReserved', 'systemReserved', 'evictionHard'] as const

/** What kubelets take where nothing is set. */
export const KUBELET_DEFAULT_MAX_PODS = 110

/**
 * Reads a KubeletConfiguration, as JSON or YAML has it; what has not the form it should have is left out.
 * @returns undefined for what is none
 */
export function kubeletSettings(config: unknown): KubeletSettings | undefined {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return undefined
  const values = config as Readonly<Record<string, unknown>>
  const numbers = NUMBERS.flatMap((name) => (Number.isFinite(values[name]) ? [[name, values[name]]] : []))
  const maps = MAPS.flatMap((name) => (isTextMap(values[name]) ? [[name, values[name]]] : []))
  const { serializeImagePulls } = values
  return Object.fromEntries([
    ...numbers,
    ...maps,
    ...(typeof serializeImagePulls === 'boolean' ? [['serializeImagePulls', serializeImagePulls]] : []),
  ]) as KubeletSettings
}

function isTextMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  )
}

/**
 * The pods that a kubelet with these settings allows (capacity.pods). Source: kubernetes
 * pkg/kubelet/nodestatus/setters.go, MachineInfo.
 */
export function kubeletCapacity(
  { maxPods = KUBELET_DEFAULT_MAX_PODS, podsPerCore = 0 }: Pick<KubeletSettings, 'maxPods' | 'podsPerCore'>,
  cores: number,
): { pods: number; by: 'maxPods' | 'podsPerCore' } {
  const perCore = podsPerCore > 0 ? Math.floor(cores) * podsPerCore : Number.POSITIVE_INFINITY
  return perCore < maxPods ? { pods: perCore, by: 'podsPerCore' } : { pods: maxPods, by: 'maxPods' }
}
