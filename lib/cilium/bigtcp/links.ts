import type { IpFamily, OffloadSizes } from '../../record/details/bigtcp-details.ts'
import { parseJson } from '../../record/json.ts'

/** An interface of a node; what `ip` does not tell, as where it or the kernel is old, is absent. */
export interface Link {
  readonly name: string
  /** Of a virtual one: veth, netkit, vxlan. */
  readonly kind?: string
  /** What its driver takes at most, as one packet of either family. */
  readonly tsoMaxBytes?: number
  readonly ipv4: OffloadSizes
  readonly ipv6: OffloadSizes
}

/** Bytes of a packet that need no BIG TCP: GSO_LEGACY_MAX_SIZE of Linux. */
export const LEGACY_MAX_BYTES = 65_536

/**
 * Reads `ip -d -j link`. The plain sizes are those of IPv6: IPv4 has its own since Linux 6.3.
 * @returns undefined for what is no such output
 */
export function readLinks(text: string): Link[] | undefined {
  const parsed = parseJson(text)
  return Array.isArray(parsed) ? parsed.flatMap((value) => readLink(value) ?? []) : undefined
}

/** The sizes of one IP family. */
export function sizesOf(link: Pick<Link, 'ipv4' | 'ipv6'>, family: IpFamily): OffloadSizes {
  return family === 4 ? link.ipv4 : link.ipv6
}

/** The smaller of the two: a packet has to fit both ways. Undefined where one is not known. */
export function smallestOf({ gsoBytes, groBytes }: OffloadSizes): number | undefined {
  return gsoBytes === undefined || groBytes === undefined ? undefined : Math.min(gsoBytes, groBytes)
}

/**
 * Is it the node's end of a pod's interface? Cilium names it lxc and twelve hexadecimal digits, and gives both ends the
 * same sizes (pkg/datapath/connector). Its own health endpoint is none.
 */
export function isPodInterface({ name }: Pick<Link, 'name'>): boolean {
  return /^lxc[0-9a-f]{5,12}$/.test(name)
}

function readLink(value: unknown): Link | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const link = value as Readonly<Record<string, unknown>>
  if (typeof link.ifname !== 'string') return undefined
  const info = link.linkinfo as { info_kind?: unknown } | null | undefined
  return {
    name: link.ifname,
    ...(typeof info?.info_kind === 'string' ? { kind: info.info_kind } : {}),
    ...optional('tsoMaxBytes', link.tso_max_size),
    ipv4: { ...optional('gsoBytes', link.gso_ipv4_max_size), ...optional('groBytes', link.gro_ipv4_max_size) },
    ipv6: { ...optional('gsoBytes', link.gso_max_size), ...optional('groBytes', link.gro_max_size) },
  }
}

function optional<Key extends string>(key: Key, value: unknown): { [K in Key]?: number } {
  const isSize = typeof value === 'number' && Number.isInteger(value) && value >= 0
  return isSize ? ({ [key]: value } as { [K in Key]?: number }) : {}
}
