import type { EndpointState } from '../observation/endpoint-state.ts'
import type { OperatorRules } from './operator-rules.ts'

/** A slice as the operator wants it to be. */
export interface PackedSlice {
  readonly namespace: string
  /** Endpoints share a slice only within it: the namespace, or namespace and identity. */
  readonly group: string
  readonly members: Map<string, EndpointState>
}

export interface SlicePacking {
  /**
   * Finds the slice for an endpoint, a new one where all are full.
   * @returns the slices that change: the one it leaves first, if its identity took it out of one
   */
  put(endpoint: EndpointState): PackedSlice[]
  /** @returns the slice that it leaves; undefined where it was in none */
  remove(key: string): PackedSlice | undefined
}

/**
 * The mapping of the operator's managers (manager.go): an endpoint stays where it is, a new one goes to the fullest slice of
 * its group that has room, and an emptied slice is never filled again.
 */
export function packSlices({ sliceMode, sliceSize }: Pick<OperatorRules, 'sliceMode' | 'sliceSize'>): SlicePacking {
  const sliceOf = new Map<string, PackedSlice>()
  /** Of each group, those that have room and are not empty. */
  const open = new Map<string, Set<PackedSlice>>()

  const groupOf = ({ namespace, identity }: EndpointState) =>
    sliceMode === 'fcfs' ? namespace : `${namespace} ${identity}`
  const fullestIn = (group: string): PackedSlice | undefined => {
    let fullest: PackedSlice | undefined
    for (const slice of open.get(group) ?? []) {
      if (slice.members.size > (fullest?.members.size ?? 0)) fullest = slice
    }
    return fullest
  }
  const note = (slice: PackedSlice) => {
    const { size } = slice.members
    const slices = open.get(slice.group) ?? new Set()
    if (size > 0 && size < sliceSize) slices.add(slice)
    else slices.delete(slice)
    if (slices.size > 0) open.set(slice.group, slices)
    else open.delete(slice.group)
  }
  const remove = (key: string): PackedSlice | undefined => {
    const slice = sliceOf.get(key)
    if (slice === undefined) return undefined
    sliceOf.delete(key)
    slice.members.delete(key)
    note(slice)
    return slice
  }

  return {
    remove,
    put(endpoint) {
      const { key, namespace } = endpoint
      const group = groupOf(endpoint)
      const current = sliceOf.get(key)
      if (current?.group === group) {
        current.members.set(key, endpoint)
        return [current]
      }
      const left = remove(key)
      const slice = fullestIn(group) ?? { namespace, group, members: new Map() }
      slice.members.set(key, endpoint)
      sliceOf.set(key, slice)
      note(slice)
      return left === undefined ? [slice] : [left, slice]
    },
  }
}
