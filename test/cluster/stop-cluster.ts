import { rm } from 'node:fs/promises'
import { clusterExists, clusterFolder, readState } from './cluster-folder.ts'
import { exclusively } from './exclusive.ts'
import { removeCgroups } from './nodes/cgroups.ts'
import { removeNetwork } from './nodes/network.ts'
import { cutOffNodes } from './nodes/node-process.ts'
import { killProcesses } from './processes.ts'

/**
 * Removes a cluster with everything that it has: processes, namespaces, routes, cgroups, files. Also what a run left that was killed half-way; nothing
 * happens when there is no such cluster. Processes get SIGKILL: their data is thrown away, and an orderly stop of the API
 * server waits for its watches.
 */
export async function stopCluster(name: string): Promise<void> {
  await exclusively(clusterLock(name), async () => {
    const folder = clusterFolder(name)
    const state = clusterExists(name) ? await readState(name) : undefined
    const hadNodes = state !== undefined && state.realNodes > 0
    if (hadNodes && state.cilium) await cutOffNodes(state)
    if (hadNodes) await removeNetwork(state.slot)
    await killProcesses(folder)
    if (hadNodes) await removeCgroups(name)
    await rm(folder, { recursive: true, force: true })
  })
}

/** Two commands must not change one cluster at the same time. */
export function clusterLock(name: string): string {
  return `cluster${clusterFolder(name)}`
}
