import { maskFor } from '../ipam/cidr.ts'

/** The block that a node needs for so many pods. */
export interface NodeBlock {
  /** Holds the pods, with the addresses that the network takes for itself. */
  least: number
  /** Holds twice as many, so that addresses of deleted pods rest a while: what GKE gives its nodes. */
  comfortable: number
}

/** Network, broadcast and gateway or router, and a health endpoint: no IPAM takes more. */
const TAKEN = 4

/** @returns undefined where no IPv4 block is as large */
export function nodeBlock(maxPods: number): NodeBlock | undefined {
  const least = maskFor(maxPods + TAKEN)
  const comfortable = maskFor(2 * maxPods)
  return least === undefined || comfortable === undefined
    ? undefined
    : { least, comfortable: Math.min(least, comfortable) }
}

/** How many nodes a pod subnet has blocks for. */
export function nodesOf(subnetMask: number, blockMask: number): number {
  return blockMask < subnetMask ? 0 : 2 ** (blockMask - subnetMask)
}
