import type { EventType } from '../observation/event-tally.ts'

/** What a slice holds, as far as its size goes. */
export interface SliceHolding {
  namespace: string
  endpoints: number
  /** Sum of the sizes of its entries. */
  entryBytes: number
}

const API_VERSION = 'cilium.io/v2alpha1'

/** Names, times, uid and resource version are as long as those of true objects. */
const TEMPLATE = {
  apiVersion: API_VERSION,
  endpoints: [],
  kind: 'CiliumEndpointSlice',
  metadata: {
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 10,
    managedFields: [
      {
        apiVersion: API_VERSION,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:endpoints': {}, 'f:namespace': {} },
        manager: 'cilium-operator-generic',
        operation: 'Update',
        time: '2026-01-01T00:00:00Z',
      },
    ],
    name: 'ces-bcdfghjkl-mnpqr',
    resourceVersion: '1000000',
    uid: '00000000-0000-0000-0000-000000000000',
  },
  namespace: '',
}
const OBJECT_BYTES = JSON.stringify(TEMPLATE).length
const NEWLINE = 1

/** The size of a slice as JSON, which is how custom resources are sent. */
export function sliceBytes({ namespace, endpoints, entryBytes }: SliceHolding): number {
  return OBJECT_BYTES + namespace.length + entryBytes + Math.max(0, endpoints - 1)
}

/** The size of the line that tells a watcher of it. */
export function sliceEventBytes(type: EventType, holding: SliceHolding): number {
  return `{"type":"${type}","object":}`.length + sliceBytes(holding) + NEWLINE
}

/** The size of a list of slices. */
export function sliceListBytes(holdings: readonly SliceHolding[]): number {
  const envelope = JSON.stringify({
    apiVersion: API_VERSION,
    items: [],
    kind: 'CiliumEndpointSliceList',
    metadata: { continue: '', resourceVersion: '1000000' },
  })
  const items = holdings.reduce((sum, holding) => sum + sliceBytes(holding), 0)
  return envelope.length + items + Math.max(0, holdings.length - 1) + NEWLINE
}
