import type { AgentReading, Drop } from '../../../record/cilium-figures.ts'
import type { SizeAdvice } from '../../../record/details/cilium-maps-details.ts'
import { percent } from './words.ts'

/** Of the source ports of one egress address towards one remote end. */
const MANY_PORTS_USED = 0.7
/** Below this an insertion does not fail for want of room. */
const ROOM_ENOUGH = 0.7
const INSERTION_FAILED = 'CT: Map insertion failed'
const NO_NAT_MAPPING = 'No mapping for NAT masquerade'
/** From this kernel on the table of connection tracking does not refuse entries while it is busy (cilium/cilium#47293). */
const KERNEL_WITHOUT_BUSY_FAILURES = [6, 15] as const

/** What looks like a map that is too small and is not. */
export function whereNoSizeHelps(agents: readonly AgentReading[]): SizeAdvice[] {
  return [...sourcePorts(agents), ...natMappings(agents), ...insertions(agents)]
}

function sourcePorts(agents: readonly AgentReading[]): SizeAdvice[] {
  const pressed = agents
    .flatMap((agent) => agent.sourcePorts.map(({ family, share }) => ({ agent, family, share })))
    .filter(({ share }) => share >= MANY_PORTS_USED)
    .toSorted((a, b) => b.share - a.share)
  const [worst] = pressed
  if (worst === undefined) return []
  return [
    {
      maps: [...new Set(pressed.map(({ family }) => natMap(family)))],
      nodes: nodesOf(pressed),
      helps: false,
      reason: `the busiest egress address of ${worst.agent.agent.node} uses ${percent(worst.share)} of its source ports towards one remote end: a larger NAT table does not give more ports`,
      alternatives: [
        'more egress addresses (egress gateway), or connections that are kept and shared instead of new ones',
      ],
    },
  ]
}

function natMappings(agents: readonly AgentReading[]): SizeAdvice[] {
  const dropping = droppingFor(agents, NO_NAT_MAPPING)
  const [worst] = dropping
  if (worst === undefined) return []
  return [
    {
      maps: ['snat_v4_external'],
      nodes: nodesOf(dropping),
      helps: false,
      reason: `${worst.drop.packets} packets dropped on ${worst.agent.agent.node} with "${worst.drop.reason}": no source port was free, which a larger NAT table does not change`,
      alternatives: [
        'more egress addresses (egress gateway), or connections that are kept and shared instead of new ones',
      ],
    },
  ]
}

function insertions(agents: readonly AgentReading[]): SizeAdvice[] {
  const dropping = droppingFor(agents, INSERTION_FAILED).filter(
    ({ agent }) => hasRoom(agent) && isOlderKernel(agent.kernel),
  )
  const [worst] = dropping
  if (worst === undefined) return []
  return [
    {
      maps: ['ct4_global', 'ct_any4_global'],
      nodes: nodesOf(dropping),
      helps: false,
      reason: `${worst.drop.packets} packets dropped on ${worst.agent.agent.node} with "${worst.drop.reason}" while the tables have room: kernel ${worst.agent.kernel} refuses entries while it is busy`,
      alternatives: [`a kernel from ${KERNEL_WITHOUT_BUSY_FAILURES.join('.')} on`],
    },
  ]
}

interface Dropping {
  readonly agent: AgentReading
  readonly drop: Drop
}

function droppingFor(agents: readonly AgentReading[], reason: string): Dropping[] {
  return agents
    .flatMap((agent) => agent.drops.map((drop) => ({ agent, drop })))
    .filter(({ drop }) => drop.reason === reason && drop.packets > 0)
    .toSorted((a, b) => b.drop.packets - a.drop.packets)
}

function hasRoom({ maps }: AgentReading): boolean {
  const pressures = maps.filter(({ kind }) => kind === 'conntrack').flatMap(({ pressure }) => pressure ?? [])
  return pressures.length > 0 && Math.max(...pressures) < ROOM_ENOUGH
}

function isOlderKernel(kernel: string | undefined): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel ?? '') ?? []
  if (major === undefined || minor === undefined) return false
  const [wantedMajor, wantedMinor] = KERNEL_WITHOUT_BUSY_FAILURES
  return Number(major) < wantedMajor || (Number(major) === wantedMajor && Number(minor) < wantedMinor)
}

function natMap(family: string): string {
  return family === 'ipv6' ? 'snat_v6_external' : 'snat_v4_external'
}

function nodesOf(all: readonly { readonly agent: AgentReading }[]): string[] {
  return [...new Set(all.map(({ agent }) => agent.agent.node))]
}
