import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { systemPath } from './executables.ts'

/**
 * Every process of a cluster carries its folder in the environment, and so do the children of such a process. That is how they
 * are found again: it outlives the process that started them, needs no pid files, and cannot hit a foreign process.
 */
const folderMark = 'KUBECTL_PERF_CLUSTER'
const componentMark = 'KUBECTL_PERF_COMPONENT'

export interface ClusterProcess {
  readonly pid: number
  /** `etcd`, `node-a/kubelet`, … : what it was started as; its children have the same. */
  readonly component: string
}

export function logFile(folder: string, component: string): string {
  return join(folder, 'logs', `${component}.log`)
}

/** Starts a process of the cluster that outlives this one; its output goes to `logs/<component>.log`. */
export async function startProcess(
  folder: string,
  component: string,
  command: string,
  args: readonly string[],
): Promise<void> {
  mkdirSync(dirname(logFile(folder, component)), { recursive: true })
  const log = openSync(logFile(folder, component), 'a')
  try {
    const child = spawn(command, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: { PATH: systemPath(), HOME: folder, [folderMark]: folder, [componentMark]: component },
    })
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
    await untilFound(child, folder)
  } finally {
    closeSync(log)
  }
}

/** The kernel tells of a program's start before it has its environment, by which alone it is found again. */
async function untilFound(child: ChildProcess, folder: string): Promise<void> {
  const deadline = Date.now() + 60_000
  while (child.exitCode === null && child.signalCode === null) {
    if (child.pid !== undefined && hasMark(await environment(child.pid), folder)) return
    if (Date.now() > deadline) throw new Error(`${child.spawnfile} runs as ${child.pid} without ${folderMark}`)
    await sleep(1)
  }
}

/** The processes of a cluster that are alive, children included. */
export async function findProcesses(folder: string): Promise<ClusterProcess[]> {
  const found: ClusterProcess[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const variables = await environment(Number(entry))
    if (!hasMark(variables, folder)) continue
    const component = variables.find((variable) => variable.startsWith(`${componentMark}=`))
    found.push({ pid: Number(entry), component: component?.slice(componentMark.length + 1) ?? '' })
  }
  return found
}

function hasMark(variables: readonly string[], folder: string): boolean {
  return variables.includes(`${folderMark}=${folder}`)
}

/** Nothing of a zombie, of other users' processes and of those that ended meanwhile. */
async function environment(pid: number): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0')
  } catch (error) {
    // Any other error would hide a process that is there: then it would be taken for dead, and left behind.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

export async function processIds(folder: string, component: string): Promise<number[]> {
  return (await findProcesses(folder)).filter((item) => item.component === component).map((item) => item.pid)
}

/** Sends a signal to the processes of one component, or of all, and gives those that it was sent to. */
export async function signalProcesses(folder: string, signal: NodeJS.Signals, component?: string): Promise<number[]> {
  const targets = (await findProcesses(folder)).filter(
    (item) => component === undefined || item.component === component,
  )
  for (const { pid } of targets) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  return targets.map(({ pid }) => pid)
}

/** Kills the processes of one component, or of all, and waits until none is left and all that they held is free again. */
export async function killProcesses(folder: string, component?: string): Promise<void> {
  const deadline = Date.now() + 20_000
  const killed = new Set<number>()
  for (;;) {
    const found = await signalProcesses(folder, 'SIGKILL', component)
    for (const pid of found) killed.add(pid)
    const ended = await Promise.all([...killed].map(hasEnded))
    if (found.length === 0 && ended.every(Boolean)) return
    if (Date.now() > deadline) throw new Error(`Processes of ${folder} survive SIGKILL: ${[...killed].join(', ')}`)
    await sleep(10)
  }
}

/**
 * Whether a process has closed its files and sockets. A dying process loses its environment first, so not finding it is not
 * enough; it is a zombie at the end, when its last thread is gone too.
 */
async function hasEnded(pid: number): Promise<boolean> {
  try {
    const threads = await readdir(`/proc/${pid}/task`)
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return threads.length === 1 && /^State:\s+[ZX]/m.test(status)
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return true
    throw error
  }
}

/** The last lines of a component's log, for an error message. */
export async function logTail(folder: string, component: string): Promise<string> {
  const text = await readFile(logFile(folder, component), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-15).join('\n')
}

const noInotifyLeft = [
  'All inotify instances of this user are taken: take down a cluster that is not needed,',
  'or raise the limit: sysctl -w fs.inotify.max_user_instances=1024',
]

/** Looking through all processes of the machine is work: most starts are over before. */
const lookIntervalMs = 500

/**
 * Waits until `check` gives true; that it rejects counts as not yet. Fails at once when the component's process has ended, and after `timeoutMs` otherwise; the
 * error carries the end of its log.
 */
export async function waitFor(
  folder: string,
  component: string,
  what: string,
  check: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let lastError: unknown
  let lookedAt = Date.now()
  for (;;) {
    try {
      if (await check()) return
    } catch (error) {
      lastError = error
    }
    const isTimeToLook = Date.now() - lookedAt > lookIntervalMs
    if (isTimeToLook) lookedAt = Date.now()
    const ended = isTimeToLook && (await processIds(folder, component)).length === 0
    if (ended || Date.now() > deadline) {
      const reason = ended ? `${component} ended` : `${component} took longer than ${timeoutMs / 1000} s`
      const log = await logTail(folder, component)
      throw new PerfError(`The test cluster did not start: ${what}: ${reason}\n${log}`, {
        cause: lastError,
        advice: /(inotify_init|fsnotify watcher): too many open files/.test(log) ? noInotifyLeft : [],
      })
    }
    await sleep(50)
  }
}
