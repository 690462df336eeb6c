import { isIPv4, isIPv6 } from 'node:net'

/** A block of addresses as its notation says it, e.g. 10.1.0.0/24. */
export interface Cidr {
  readonly text: string
  readonly family: 4 | 6
  /** Length of the prefix. */
  readonly mask: number
}

/** undefined for what is no CIDR. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length = '', ...rest] = text.split('/')
  const family = isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined
  const mask = Number(length)
  if (family === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length) || mask > bitsOf(family)) return undefined
  return { text, family, mask }
}

/** Of an address. */
export function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128
}

/** How many addresses a block holds, the first and the last included. Exact up to 2^53, then the nearest double. */
export function addressCount({ family, mask }: Pick<Cidr, 'family' | 'mask'>): number {
  return 2 ** (bitsOf(family) - mask)
}

/**
 * The longest prefix of an IPv4 block that still holds so many addresses.
 * @returns undefined where no IPv4 block does
 */
export function maskFor(addresses: number): number | undefined {
  const bits = Math.max(0, Math.ceil(Math.log2(addresses)))
  return bits > bitsOf(4) ? undefined : bitsOf(4) - bits
}
