import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterState } from '../cluster-folder.ts'
import { clusterFolder } from '../cluster-folder.ts'
import { systemPath } from '../executables.ts'
import { logTail, processIds, startProcess } from '../processes.ts'
import { type CommandResult, runCommand } from '../run-command.ts'
import type { NodeNetwork } from './network.ts'
import { nodeCgroup } from './node-config.ts'
import { type RealNode, realNodes } from './real-node.ts'

/** Joins the node's cgroup in every hierarchy, and becomes the program that follows. */
const joinCgroup = `cgroup=$1; shift
for procs in /sys/fs/cgroup$cgroup/system/cgroup.procs /sys/fs/cgroup/*$cgroup/system/cgroup.procs; do
  if [ -e "$procs" ]; then echo $$ >"$procs"; fi
done
exec "$@"`

/**
 * Waits for a process of a component that is the first one in a namespace of its own, and gives its process id as this machine
 * sees it.
 */
export async function firstProcessId(folder: string, component: string): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const pid = await findFirstProcess(folder, component)
    if (pid !== undefined) return pid
    await sleep(10)
  }
  throw new Error(`${component} did not start: ${await logTail(folder, component)}`)
}

async function findFirstProcess(folder: string, component: string): Promise<number | undefined> {
  for (const pid of await processIds(folder, component)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    // The ids of one process, from this namespace inwards: `NSpid: 4711 1`.
    if (/^NSpid:\s+\d+\s+1$/m.test(status)) return pid
  }
  return undefined
}

/** Deletes the interfaces of a node and of its pods, and then the connections that went over them. */
const cutOff = `ip -oneline link | sed -n 's/^[0-9]*: \\([^:@]*\\)[:@].*/\\1/p' | while read -r link; do
  if [ "$link" != lo ]; then ip link delete "$link"; fi
done
for namespace in /proc/self/ns/net /run/netns/*; do
  if [ -e "$namespace" ]; then nsenter --net="$namespace" ss --kill --tcp; fi
done`

/**
 * Cuts nodes off before they are killed. A connection whose process is killed lives on until the other end answers, for minutes
 * when that is gone too; it would keep its namespace, and with it the BPF programs on the namespace's interfaces and cgroup.
 */
export async function cutOffNodes(state: ClusterState): Promise<void> {
  const folder = clusterFolder(state.name)
  const env = { PATH: systemPath() }
  await Promise.all(
    realNodes(state).map(async (node) => {
      const pid = await findFirstProcess(folder, node.name)
      // It has not been started yet, or is gone already, or its last interface went with the one before it: all is well.
      if (pid === undefined) return
      const enter = ['--target', String(pid), '--mount', '--net', '--', 'sh', '-c', cutOff]
      await runCommand('nsenter', enter, { env, timeoutMs: 20_000 })
    }),
  )
}

/** The namespaces of the cluster's nodes and of their switch; waits until they are there. */
export async function findNetwork(state: ClusterState): Promise<NodeNetwork> {
  const folder = clusterFolder(state.name)
  const switchPid = await firstProcessId(folder, 'switch')
  const withPid = async (node: RealNode) => ({ ...node, pid: await firstProcessId(folder, node.name) })
  const { slot, mtuBytes, dualStack, cilium } = state
  return { slot, mtuBytes, dualStack, cilium, switchPid, nodes: await Promise.all(realNodes(state).map(withPid)) }
}

/** The command line that runs a program inside a node, as part of it. */
async function inNode(state: ClusterState, node: RealNode, command: readonly string[]): Promise<string[]> {
  const pid = await firstProcessId(clusterFolder(state.name), node.name)
  const enter = ['--target', String(pid), '--mount', '--uts', '--ipc', '--net', '--pid', '--']
  return [...enter, 'sh', '-c', joinCgroup, 'sh', nodeCgroup(state, node), ...command]
}

/** Starts a long-running program of a node: its component is `node-a/kubelet`. */
export async function startNodeProcess(
  state: ClusterState,
  node: RealNode,
  name: string,
  command: readonly string[],
): Promise<void> {
  await startProcess(clusterFolder(state.name), `${node.name}/${name}`, 'nsenter', await inNode(state, node, command))
}

/** Runs a program inside a node to its end. */
export async function runOnNode(
  state: ClusterState,
  node: RealNode,
  command: readonly string[],
  options: { stdin?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  const env = { PATH: systemPath(), HOME: node.folder }
  return runCommand('nsenter', await inNode(state, node, command), {
    env,
    timeoutMs: options.timeoutMs ?? 60_000,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
  })
}
