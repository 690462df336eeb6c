import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { METADATA_ONLY } from '../../kube/collections/list-names.ts'
import { findMissingPermissions } from '../../kube/preflight.ts'
import { parseDuration } from '../../record/duration.ts'
import { collectionPath, type Resource } from '../../run/resource.ts'
import { CES_RESOURCE, CILIUM_GROUP, KINDS, type Kind } from '../kinds.ts'
import { type OperatorRules, operatorRules } from '../simulator/operator-rules.ts'
import { findResources } from './find-resources.ts'
import { type OperatorFacts, readOperatorFacts } from './operator-settings.ts'

/** Whether the cluster keeps CiliumEndpointSlices; undecided where nothing tells, not even objects. */
export type SliceState = 'on' | 'off' | 'undecided'

/** What the cluster tells of its endpoints and slices before anything is measured. */
export interface Detection {
  resources: { cep: Resource } & Partial<Record<Kind, Resource>>
  /** The kinds that this user may list and watch. */
  readable: ReadonlySet<Kind>
  slices: SliceState
  /** How that is known, in a few words. */
  because: string
  operator: OperatorFacts
  /** Of Cilium, by the operator's image or the schema of its CRD: 18 for 1.18; undefined: not known. */
  minor: number | undefined
  rules: OperatorRules
  /** The schema version that Cilium wrote on the CRD of the slices. */
  crdSchemaVersion?: string
  /** Undefined where they may not be listed. */
  ciliumNodes: readonly CiliumNode[] | undefined
  /** How often the operator removes endpoints that have no pod. */
  gcIntervalMs: number
}

export interface CiliumNode {
  name: string
  uid: string
}

const SCHEMA_LABEL = 'io.cilium.k8s.crd.schema.version'
const DEFAULT_GC_INTERVAL = '5m'

/**
 * Looks at CRDs, rights, configuration and objects.
 * @param nodes of the cluster, for the rate limit where CiliumNodes cannot be listed
 * @throws PerfError where there are no CiliumEndpoints at all or the operator's settings make no sense; ApiError, ConnectionError
 */
export async function detectSlices(client: KubeClient, nodes: number | null, signal: AbortSignal): Promise<Detection> {
  const resources = await findResources(client, signal)
  const [readable, operator, ciliumNodes, crdSchemaVersion] = await Promise.all([
    findReadable(client, resources, signal),
    readOperatorFacts(client, signal),
    listCiliumNodes(client, resources.cep, signal),
    readSchemaVersion(client, signal),
  ])
  const flags = operator.flags ?? {}
  const minor = ciliumMinor(operator.deployment?.version, crdSchemaVersion)
  const hasObjects = async (kind: Kind) => readable.has(kind) && (await isInUse(client, resources[kind], signal))
  return {
    resources,
    readable,
    ...(await decide(resources.ces !== undefined, readable, operator, hasObjects)),
    operator,
    minor,
    rules: operatorRules({ minor, flags, nodes: ciliumNodes?.length ?? nodes ?? undefined }),
    ...(crdSchemaVersion === undefined ? {} : { crdSchemaVersion }),
    ciliumNodes,
    gcIntervalMs: parseDuration(flags['cilium-endpoint-gc-interval'] ?? DEFAULT_GC_INTERVAL),
  }
}

/** Schemas of CRDs are numbered along with Cilium: 1.27 came with 1.14, 1.33 with 1.20 (pkg/k8s/apis/cilium.io/register.go). */
const SCHEMA_AHEAD = 13

/**
 * The minor version of Cilium: 18 for 1.18.
 * @param schemaVersion that the operator wrote on the CRD, for where there is no image to look at
 */
export function ciliumMinor(version: string | undefined, schemaVersion: string | undefined): number | undefined {
  if (version !== undefined) return Number(version.split('.')[1])
  const [, minor] = /^1\.(\d+)\./.exec(schemaVersion ?? '') ?? []
  return minor === undefined ? undefined : Number(minor) - SCHEMA_AHEAD
}

const SLICES_UNREADABLE = 'this user may not list and watch CiliumEndpointSlices'

/** Why slices are measured or not: where they may be on, it takes the right to see them. */
export function whyMeasuredOrNot({ slices, because, readable }: Detection): string {
  return slices !== 'off' && !readable.has('ces') ? SLICES_UNREADABLE : because
}

async function decide(
  hasSliceKind: boolean,
  readable: ReadonlySet<Kind>,
  { flags, gaps }: OperatorFacts,
  hasObjects: (kind: Kind) => Promise<boolean>,
): Promise<Pick<Detection, 'slices' | 'because'>> {
  if (!hasSliceKind) return { slices: 'off', because: `there is no CRD ${CES_RESOURCE}.${CILIUM_GROUP}` }
  const flag = flags?.['enable-cilium-endpoint-slice']
  // What may not be read may turn them on.
  if (flag !== undefined || (flags !== undefined && gaps.length === 0)) {
    return flag === 'true'
      ? { slices: 'on', because: 'enable-cilium-endpoint-slice is true' }
      : { slices: 'off', because: `enable-cilium-endpoint-slice is ${flag ?? 'not set'}` }
  }
  if (!readable.has('ces')) return { slices: 'undecided', because: SLICES_UNREADABLE }
  if (await hasObjects('ces')) return { slices: 'on', because: 'there are CiliumEndpointSlices' }
  if (await hasObjects('cep')) {
    return { slices: 'off', because: 'there are CiliumEndpoints and no CiliumEndpointSlices' }
  }
  return { slices: 'undecided', because: 'neither configuration nor objects tell' }
}

async function findReadable(
  client: KubeClient,
  resources: Detection['resources'],
  signal: AbortSignal,
): Promise<ReadonlySet<Kind>> {
  const kinds = KINDS.filter((kind) => resources[kind] !== undefined)
  const permissions = kinds.flatMap((kind) =>
    ['list', 'watch'].map((verb) => ({ verb, group: CILIUM_GROUP, resource: resources[kind]?.resource ?? '' })),
  )
  const missing = await findMissingPermissions(client, permissions, signal)
  return new Set(kinds.filter((kind) => missing.every(({ resource }) => resource !== resources[kind]?.resource)))
}

async function isInUse(client: KubeClient, resource: Resource | undefined, signal: AbortSignal): Promise<boolean> {
  if (resource === undefined) return false
  const { items } = await client.getJson<{ items?: unknown[] }>(collectionPath(resource), {
    query: { limit: 1 },
    accept: METADATA_ONLY,
    signal,
  })
  return (items ?? []).length > 0
}

async function listCiliumNodes(
  client: KubeClient,
  { group, version }: Resource,
  signal: AbortSignal,
): Promise<CiliumNode[] | undefined> {
  const path = `/apis/${group}/${version}/ciliumnodes`
  const list = await unlessRefused(client.list<{ metadata: CiliumNode }>(path, { accept: METADATA_ONLY, signal }))
  return list?.items.map(({ metadata: { name, uid } }) => ({ name, uid }))
}

async function readSchemaVersion(client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${CES_RESOURCE}.${CILIUM_GROUP}`
  const crd = await unlessRefused(
    client.getJson<{ metadata: { labels?: Record<string, string> } }>(path, { accept: METADATA_ONLY_ONE, signal }),
  )
  return crd?.metadata.labels?.[SCHEMA_LABEL]
}

const METADATA_ONLY_ONE = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

/** What may not be read, or is not there, is left out. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isApiError(error) && (error.code === 403 || error.code === 404)) return undefined
    throw error
  }
}
