import type { KubeClient } from '../../kube/client.ts'

/** How many volumes of a CSI driver a node can have attached. */
export interface VolumeLimit {
  readonly driver: string
  readonly limit: number
  /** Attached now; undefined: VolumeAttachments cannot be listed. */
  readonly attached?: number
}

export interface CsiNode {
  metadata: { name: string }
  spec?: { drivers?: readonly { name: string; allocatable?: { count?: number } }[] | null }
}

interface VolumeAttachment {
  spec?: { attacher?: string; nodeName?: string }
}

/** How many volumes each CSI driver can attach to a node, by node. */
export async function readCsiNodes(client: KubeClient, signal: AbortSignal): Promise<Map<string, VolumeLimit[]>> {
  const begin = () => new Map<string, VolumeLimit[]>()
  const path = '/apis/storage.k8s.io/v1/csinodes'
  const { result } = await client.fold(path, { signal }, begin, (nodes, { metadata, spec }: CsiNode) => {
    const limits = (spec?.drivers ?? []).flatMap(({ name, allocatable }) =>
      allocatable?.count === undefined ? [] : [{ driver: name, limit: allocatable.count }],
    )
    if (limits.length > 0) nodes.set(metadata.name, limits)
  })
  return result
}

/** Attached volumes by `node/driver`. */
export async function readAttachments(client: KubeClient, signal: AbortSignal): Promise<Map<string, number>> {
  const begin = () => new Map<string, number>()
  const path = '/apis/storage.k8s.io/v1/volumeattachments'
  const { result } = await client.fold(path, { signal }, begin, (counts, { spec }: VolumeAttachment) => {
    const key = attachmentKey(spec?.nodeName ?? '', spec?.attacher ?? '')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  })
  return result
}

/** Of a driver on a node, in the map of attachments. */
export function attachmentKey(node: string, driver: string): string {
  return `${node}/${driver}`
}
