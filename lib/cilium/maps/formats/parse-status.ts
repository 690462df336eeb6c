import { isObject, type JsonObject } from '../../../record/json.ts'
import { isCount, parseJsonOutput } from './json-output.ts'

/** What `cilium-dbg status` says of maps and of what needs them. What it does not say is left out. */
export interface AgentStatus {
  /** Configured sizes by their row: `TCP connection tracking`, one for both IP families. */
  readonly sizes: ReadonlyMap<string, number>
  /** 0 where sizes are not by the node's memory. */
  readonly dynamicSizeRatio?: number
  readonly nodePort?: boolean
  readonly socketLoadBalancer?: boolean
  readonly sessionAffinity?: boolean
  readonly bpfMasquerade?: boolean
}

/**
 * Reads `status -o json` (api/v1/models/status_response.go).
 * @throws PerfError for what is no JSON
 */
export function parseStatus(text: string): AgentStatus {
  const status = asObject(parseJsonOutput(text, 'status -o json'))
  const maps = asObject(status['bpf-maps'])
  const features = asObject(asObject(status['kube-proxy-replacement']).features)
  const masquerading = status.masquerading
  const ratio = maps['dynamic-size-ratio']
  return {
    sizes: readSizes(maps.maps),
    ...(isObject(status['bpf-maps']) && { dynamicSizeRatio: typeof ratio === 'number' && ratio > 0 ? ratio : 0 }),
    ...(isObject(status['kube-proxy-replacement']) && {
      nodePort: isEnabled(features.nodePort),
      socketLoadBalancer: isEnabled(features.socketLB),
      sessionAffinity: isEnabled(features.sessionAffinity),
    }),
    ...(isObject(masquerading) && { bpfMasquerade: masquerading.mode === 'BPF' }),
  }
}

function readSizes(maps: unknown): ReadonlyMap<string, number> {
  if (!Array.isArray(maps)) return new Map()
  return new Map(
    maps.flatMap((entry: unknown) =>
      isObject(entry) && typeof entry.name === 'string' && isCount(entry.size)
        ? [[entry.name, entry.size] as const]
        : [],
    ),
  )
}

function isEnabled(feature: unknown): boolean {
  return isObject(feature) && feature.enabled === true
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
