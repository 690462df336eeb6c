import { exclusively } from '../exclusive.ts'
import type { Report } from '../progress.ts'
import { buildBinary } from './build-binary.ts'
import { ensureCiliumFiles } from './cilium-files.ts'
import { findBinary } from './find-binary.ts'
import { ensureKwokStages } from './kwok-stages.ts'
import { type BinaryName, cacheRoot, type PinnedBinary, pinnedBinaries, type Tier } from './pinned-binaries.ts'

/** Where each binary of the wanted tiers lies. */
export type BinaryPaths = ReadonlyMap<BinaryName, string>

export function binaryPath(binaries: BinaryPaths, name: BinaryName): string {
  const path = binaries.get(name)
  if (path === undefined) throw new Error(`${name} is in no tier that was asked for`)
  return path
}

/** What such a cluster is made of. */
export function tiersFor(cluster: {
  realNodes: number
  coreDns: boolean
  metricsServer: boolean
  cilium: boolean
  ciliumOperator: boolean
}): Tier[] {
  return [
    'control-plane',
    ...(cluster.realNodes > 0 ? (['nodes'] as const) : []),
    ...(cluster.coreDns ? (['dns'] as const) : []),
    ...(cluster.metricsServer ? (['metrics'] as const) : []),
    ...(cluster.cilium || cluster.ciliumOperator ? (['cilium-operator'] as const) : []),
    ...(cluster.cilium ? (['cilium'] as const) : []),
  ]
}

/**
 * Finds every binary of the tiers, and builds those that are nowhere: the first time that takes half an hour on two
 * cores. Runs of other processes wait for each other, so nothing is built twice.
 */
export async function obtainBinaries(tiers: readonly Tier[], report: Report): Promise<BinaryPaths> {
  const binaries = pinnedBinaries(tiers)
  const found = await findAll(binaries)
  const missing = binaries.filter((binary) => !found.has(binary.name))
  if (missing.length === 0) {
    if (found.has('kwok')) await ensureKwokStages()
    if (found.has('cilium-agent')) await ensureCiliumFiles()
    return found
  }
  let waits = false
  await exclusively(
    'build',
    () => buildMissing(missing, report),
    () => {
      if (!waits) report('Another run is building the binaries of the test cluster: waiting for it')
      waits = true
    },
  )
  return obtainBinaries(tiers, report)
}

async function findAll(binaries: readonly PinnedBinary[]): Promise<Map<BinaryName, string>> {
  const paths = new Map<BinaryName, string>()
  for (const binary of binaries) {
    const path = await findBinary(binary)
    if (path !== undefined) paths.set(binary.name, path)
  }
  return paths
}

async function buildMissing(candidates: readonly PinnedBinary[], report: Report): Promise<void> {
  // Another run may have built them while this one waited for the lock.
  const built = await findAll(candidates)
  const missing = candidates.filter((binary) => !built.has(binary.name))
  if (missing.length === 0) return
  report(`The test cluster needs ${missing.map((binary) => `${binary.name} ${binary.version}`).join(', ')}.`)
  report(`They are built once, from their Go modules, into ${cacheRoot()}.`)
  report('The first build of all of them takes 20 to 40 minutes on 2 cores, and downloads about 1 GB.')
  for (const [index, binary] of missing.entries()) {
    await buildBinary(binary, `${index + 1} of ${missing.length}`, report)
  }
}
