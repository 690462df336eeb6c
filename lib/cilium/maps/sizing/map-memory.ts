export interface MapShape {
  /** The kernel's: `lru_hash`, `hash`. */
  readonly type: string
  readonly entries: number
  readonly keyBytes: number
  readonly valueBytes: number
}

/** Of an element of a hash, before its key: struct htab_elem. */
const ELEMENT_BYTES = 48
const BUCKET_BYTES = 16
/** What an element takes more where it comes from the allocator by itself. */
const LIST_NODE_BYTES = 8

const HASHES: ReadonlySet<string> = new Set(['hash', 'lru_hash'])

/**
 * Kernel memory of a hash in which every entry is there from the beginning, as that of an LRU hash always is; undefined for
 * other types. By the layout of kernel/bpf/hashtab.c: elements with key and value rounded up to 8 bytes, and a bucket for
 * each entry of the next power of two. Below what the kernel tells (bytes_memlock) by less than 2 kB.
 */
export function preallocatedBytes(shape: MapShape): number | undefined {
  if (!HASHES.has(shape.type)) return undefined
  return shape.entries * elementBytes(shape) + bucketBytes(shape.entries)
}

/**
 * Whether a map has the memory of all its entries from the beginning: an LRU hash always, others as the agent is told;
 * undefined where that is not known.
 * @param grows of those that Cilium never lets do so
 */
export function takesAllAtOnce(
  { type, grows }: { readonly type: string; readonly grows?: true },
  preallocates: boolean | undefined,
): boolean | undefined {
  if (type === 'lru_hash') return true
  return grows === true ? false : preallocates
}

/** Kernel memory of a hash that takes it as entries come: now, with so many of them. */
export function growingBytes(shape: MapShape, used: number): number | undefined {
  if (!HASHES.has(shape.type)) return undefined
  return Math.min(used, shape.entries) * (elementBytes(shape) + LIST_NODE_BYTES) + bucketBytes(shape.entries)
}

function elementBytes({ keyBytes, valueBytes }: MapShape): number {
  return ELEMENT_BYTES + roundUpTo8(keyBytes) + roundUpTo8(valueBytes)
}

function bucketBytes(entries: number): number {
  return powerOfTwoFrom(entries) * BUCKET_BYTES
}

/** The smallest power of two that is not below it. */
export function powerOfTwoFrom(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)))
}

function roundUpTo8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
