import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ControlPlane } from '../control-plane.ts'

const execute = promisify(execFile)

/** What kubelet and kube-proxy change on an ordinary node, and what is the whole machine's here. */
const settings = [
  'kernel/panic',
  'kernel/panic_on_oops',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'net/ipv4/ip_forward',
  'net/ipv4/conf/all/rp_filter',
  'net/ipv4/conf/default/rp_filter',
  // Of Cilium's agent.
  'kernel/timer_migration',
  'kernel/unprivileged_bpf_disabled',
  'net/core/bpf_jit_enable',
]
/** What nodes write to outside of their own folders, unless it is hidden from them. */
const nodeFolders = [
  '/etc/cni/net.d',
  '/opt/cni',
  '/opt/containerd',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/log/pods',
  '/lib/modules',
  '/run/cilium',
  '/run/xtables.lock',
  '/var/lib/cilium',
]

/** What of this machine a node must not change: tests compare it. */
export function machineState(): Record<string, string | boolean> {
  const values = settings.map((name) => [name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()])
  return Object.fromEntries([...values, ...nodeFolders.map((folder) => [folder, existsSync(folder)])])
}

export interface Traces {
  readonly processes: string[]
  readonly mounts: string[]
  readonly cgroups: string[]
  readonly links: string[]
  readonly routes: string[]
  readonly files: boolean
}

/** Looks for what a cluster leaves on this machine, with nothing of the rig's own but its names and addresses. */
export async function traces(name: string, folder: string, addressPrefixes: readonly string[]): Promise<Traces> {
  const commands = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
  const routes = (await execute('ip', ['route'])).stdout.split('\n')
  const routesOfCluster = routes.filter((route) =>
    addressPrefixes.some((prefix) => route.includes(` ${prefix}`) || route.startsWith(prefix)),
  )
  const devices = new Set(routesOfCluster.flatMap((route) => / dev (kperf\d+)/.exec(route)?.slice(1) ?? []))
  const cgroups = (await execute('find', ['/sys/fs/cgroup', '-type', 'd', '-path', `*/kubectl-perf-${name}*`])).stdout
  return {
    processes: commands.filter((command) => command.includes(folder)),
    mounts: readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(folder)),
    cgroups: cgroups.split('\n').filter(Boolean),
    links: (await execute('ip', ['-brief', 'link'])).stdout
      .split('\n')
      .filter((line) => [...devices].some((device) => line.startsWith(`${device}@`))),
    routes: routesOfCluster,
    files: existsSync(folder),
  }
}

export const noTraces: Traces = { processes: [], mounts: [], cgroups: [], links: [], routes: [], files: false }

/** The first two bytes and the slot's third bytes of a node's address tell which addresses are the cluster's. */
export async function addressPrefixes(cluster: ControlPlane): Promise<string[]> {
  const nodeAddress = await cluster.kubectl(['get', 'node', 'node-a', '-o', 'jsonpath={.status.addresses[0].address}'])
  const third = Number(nodeAddress.split('.')[2])
  return [0, 1, 2].map((offset) => `198.18.${third + offset}.`).concat(`198.19.${third}.`)
}
