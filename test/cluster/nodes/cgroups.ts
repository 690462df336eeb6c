import { existsSync } from 'node:fs'
import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const mountPoint = '/sys/fs/cgroup'

/** The roots of the hierarchies: one with version 2, one for each controller with version 1. */
async function hierarchies(): Promise<string[]> {
  if (existsSync(join(mountPoint, 'cgroup.controllers'))) return [mountPoint]
  const entries = await readdir(mountPoint).catch(() => [])
  return entries.map((entry) => join(mountPoint, entry))
}

/** The cgroup of a cluster with real nodes, below the root of each hierarchy. */
export function clusterCgroup(clusterName: string): string {
  return `kubectl-perf-${clusterName}`
}

/** Removes the cgroups of a cluster whose processes have been killed. */
export async function removeCgroups(clusterName: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const cgroup = join(hierarchy, clusterCgroup(clusterName))
    const deadline = Date.now() + 10_000
    while (existsSync(cgroup)) {
      await removeTree(cgroup)
      if (!existsSync(cgroup)) break
      // A killed process stays in its cgroup until it has been reaped.
      if (Date.now() > deadline) throw new Error(`${cgroup} cannot be removed: there are still processes in it`)
      await sleep(20)
    }
  }
}

async function removeTree(cgroup: string): Promise<void> {
  const entries = await readdir(cgroup, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (entry.isDirectory()) await removeTree(join(cgroup, entry.name))
  }
  await removeIfEmpty(cgroup)
}

/** The kernel refuses to remove a cgroup that has processes or children, which is what is wanted here. */
async function removeIfEmpty(cgroup: string): Promise<void> {
  await rmdir(cgroup).catch((error: NodeJS.ErrnoException) => {
    if (!['EBUSY', 'ENOTEMPTY', 'ENOENT'].includes(error.code ?? '')) throw error
  })
}
