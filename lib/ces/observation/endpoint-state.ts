/** What is read of a CiliumEndpoint (cilium.io/v2). */
export interface EndpointObject {
  metadata: {
    name: string
    namespace?: string
    resourceVersion?: string
    ownerReferences?: readonly { kind: string; uid?: string }[]
  }
  status?: {
    identity?: { id?: number } | null
    networking?: Networking | null
    encryption?: { key?: number } | null
    'named-ports'?: readonly NamedPort[] | null
    'service-account'?: string
  }
}

/** What is read of a CiliumEndpointSlice (cilium.io/v2alpha1): it has neither spec nor status. */
export interface SliceObject {
  metadata: { name: string; resourceVersion?: string }
  /** Of all its endpoints. */
  namespace?: string
  endpoints?: readonly SliceEntry[] | null
}

interface SliceEntry {
  name?: string
  id?: number
  networking?: Networking | null
  encryption?: { key?: number } | null
  'named-ports'?: readonly NamedPort[] | null
}

interface Networking {
  addressing?: readonly { ipv4?: string; ipv6?: string }[] | null
  node?: string
}

interface NamedPort {
  name?: string
  port?: number
  protocol?: string
}

/** An endpoint as far as slices are concerned. */
export interface EndpointState {
  /** `namespace/name`. */
  key: string
  namespace: string
  /** Its security identity; 0 where it has none yet. */
  identity: number
  /** What a slice carries of it; null while the agent has not filled in identity and networking, and it is in no slice. */
  content: string | null
  /** Size of its entry in a slice. */
  entryBytes: number
}

export interface SliceState {
  name: string
  namespace: string
  /** What it carries of each endpoint, by key. */
  contents: ReadonlyMap<string, string>
}

/**
 * What a slice would carry of an endpoint, and how long that is: the operator's ConvertCEPToCoreCEP (pkg/k8s/factory_functions.go).
 * @param carriesPodUid Cilium 1.20 and later put the uid of the pod into the entry
 */
export function endpointState({ metadata, status = {} }: EndpointObject, carriesPodUid = false): EndpointState {
  const { name, namespace = '' } = metadata
  const { identity, networking, 'service-account': serviceAccount } = status
  const key = endpointKey(namespace, name)
  const id = identity?.id ?? 0
  if (!identity || !networking) return { key, namespace, identity: id, content: null, entryBytes: 0 }
  const content = entryText({ ...status, name, id })
  const podUid = carriesPodUid ? metadata.ownerReferences?.find(({ kind }) => kind === 'Pod')?.uid : undefined
  const entryBytes =
    Buffer.byteLength(content) + memberBytes('service-account', serviceAccount) + memberBytes('pod-uid', podUid)
  return { key, namespace, identity: id, content, entryBytes }
}

/** What a slice carries, in the words that `endpointState` gives of each endpoint, so that the two can be compared. */
export function sliceState({ metadata, namespace = '', endpoints }: SliceObject): SliceState {
  const contents = new Map<string, string>()
  for (const entry of endpoints ?? []) contents.set(endpointKey(namespace, entry.name ?? ''), entryText(entry))
  return { name: metadata.name, namespace, contents }
}

function endpointKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

/** The JSON of an entry as the API server writes it, keys in order. What versions add later never changes by itself. */
function entryText({ name, id, networking, encryption, 'named-ports': ports }: SliceEntry): string {
  return JSON.stringify({
    encryption: encryption?.key ? { key: encryption.key } : {},
    id,
    name,
    ...(ports && ports.length > 0
      ? { 'named-ports': ports.map(({ name, port, protocol }) => ({ name, port, protocol })) }
      : {}),
    networking: {
      addressing: (networking?.addressing ?? []).map(({ ipv4, ipv6 }) => ({ ipv4, ipv6 })),
      node: networking?.node,
    },
  })
}

/** Of `,"name":"value"`. */
function memberBytes(name: string, value: string | undefined): number {
  return value ? Buffer.byteLength(`,"${name}":${JSON.stringify(value)}`) : 0
}
