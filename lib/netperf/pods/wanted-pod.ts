import type { ServerProcess } from '../pair.ts'
import type { EngineName, TestCase } from '../test-case.ts'

/** A pod to be made. Tests with the same placement, on the same kind of network, share their pods. */
export interface WantedPod {
  readonly name: string
  readonly placement: TestCase['placement']
  readonly hostNetwork: boolean
  /** peer: both, as in a mesh. */
  readonly role: 'client' | 'server' | 'peer'
  /** On this node and no other. */
  readonly node?: string
  /** In one of these zones: elsewhere there is no place for its partner. */
  readonly zones?: readonly string[]
  /** Where it is to be, seen from each of these pods. */
  readonly relation?: Relation
  /** One for each image. */
  readonly containers: readonly WantedContainer[]
}

export interface Relation {
  readonly kind: 'other-node' | 'same-node' | 'same-zone' | 'other-zone'
  readonly pods: readonly string[]
}

export interface WantedContainer {
  readonly name: string
  readonly image: string
  readonly hasShell: boolean
  readonly engines: readonly EngineName[]
  /** What it runs; where the image has no shell that is one process, in a client's pod only to keep it alive. */
  readonly processes: readonly ServerProcess[]
}

/** Two pods by name; see Pair. */
export interface WantedPair {
  readonly index: number
  readonly client: string
  readonly server: string
  readonly processes: readonly ServerProcess[]
}

/** The container of a pod that an engine runs in. */
export function containerOf(pods: readonly WantedPod[], pod: string, engine: EngineName): WantedContainer {
  const container = pods.find(({ name }) => name === pod)?.containers.find(({ engines }) => engines.includes(engine))
  if (container === undefined) throw new RangeError(`pod ${pod} has no container for ${engine}`)
  return container
}
