import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ControlPlane } from '../control-plane.ts'

const execute = promisify(execFile)

/** Ids of BPF programs and maps: the kernel gives each once, to all nodes of this machine alike. */
export interface BpfObjects {
  readonly programs: readonly number[]
  readonly maps: readonly number[]
}

interface Program {
  readonly id: number
  readonly map_ids?: number[]
  readonly pinned?: string[]
}

/** The programs that a node's interfaces, its cgroup and its pins hold, and the maps that these programs use or that are pinned. */
export async function nodeBpfObjects(cluster: ControlPlane, node: string): Promise<BpfObjects> {
  const bpftool = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await cluster.runOnNode(node, ['bpftool', '--json', ...args])
    if (exitCode !== 0) throw new Error(`bpftool ${args.join(' ')} exited with ${exitCode} on ${node}: ${stderr}`)
    return stdout
  }
  const attached = new Set(programIds(await bpftool('net', 'show')))
  for (const id of programIds(await bpftool('cgroup', 'tree', '/run/cilium/cgroupv2'))) attached.add(id)
  const programs = (JSON.parse(await bpftool('--bpffs', 'prog', 'show')) as Program[]).filter(
    ({ id, pinned = [] }) => attached.has(id) || pinned.length > 0,
  )
  const pinnedMaps = (JSON.parse(await bpftool('--bpffs', 'map', 'show')) as Program[]).filter(
    ({ pinned = [] }) => pinned.length > 0,
  )
  const maps = new Set([...pinnedMaps.map(({ id }) => id), ...programs.flatMap(({ map_ids = [] }) => map_ids)])
  return { programs: programs.map(({ id }) => id), maps: [...maps] }
}

/** Which of these are still there, wherever. */
export async function survivors({ programs, maps }: BpfObjects): Promise<BpfObjects> {
  const ids = async (kind: string) => {
    const { stdout } = await execute('bpftool', ['--json', kind, 'show'], { maxBuffer: 64 * 2 ** 20 })
    return new Set((JSON.parse(stdout) as Program[]).map(({ id }) => id))
  }
  const [programsNow, mapsNow] = [await ids('prog'), await ids('map')]
  return { programs: programs.filter((id) => programsNow.has(id)), maps: maps.filter((id) => mapsNow.has(id)) }
}

/** bpftool names a program's id `id` or `prog_id`, at one depth or another. */
function programIds(json: string): number[] {
  return [...json.matchAll(/"(?:id|prog_id)":(\d+)/g)].map(([, id]) => Number(id))
}
