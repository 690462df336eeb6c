import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterState } from './cluster-folder.ts'
import { exclusively } from './exclusive.ts'

/** What the processes of a cluster take of their user's inotify instances, as counted. */
const ofControlPlane = 9
const ofNode = 8
const ofNodeWithCilium = 10
/** A file of tests takes that long at most. */
const patienceMs = 480_000

/**
 * Starts a cluster when the user's inotify instances suffice for it: several files of tests have clusters at once, and Linux
 * gives a user 128 unless told otherwise. Only one cluster starts at a time, so that two do not count on the same ones. When
 * there is no room in the end, the start is tried all the same: the process that lacks one says so.
 */
export async function whenThereIsRoom<T>(
  { realNodes, cilium }: Pick<ClusterState, 'realNodes' | 'cilium'>,
  start: () => Promise<T>,
): Promise<T> {
  const needed = ofControlPlane + realNodes * (cilium ? ofNodeWithCilium : ofNode)
  const limit = Number(readFileSync('/proc/sys/fs/inotify/max_user_instances', 'utf8'))
  const deadline = Date.now() + patienceMs
  for (;;) {
    const started = await exclusively('start', async () => {
      const hasRoom = instancesInUse() + needed <= limit
      return hasRoom || Date.now() > deadline ? { result: await start() } : undefined
    })
    if (started !== undefined) return started.result
    await sleep(1000)
  }
}

/** Of all processes of this user. */
function instancesInUse(): number {
  const user = process.getuid?.()
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  return pids.reduce((sum, pid) => sum + (ownerOf(pid) === user ? instancesOf(pid) : 0), 0)
}

/** How many inotify instances a process has; none when it has ended. */
export function instancesOf(pid: string): number {
  const folder = `/proc/${pid}/fd`
  const files = unlessGone(() => readdirSync(folder)) ?? []
  return files.filter((file) => unlessGone(() => readlinkSync(`${folder}/${file}`)) === 'anon_inode:inotify').length
}

function ownerOf(pid: string): number | undefined {
  return unlessGone(() => statSync(`/proc/${pid}`).uid)
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
