import type { EventCount } from '../observation/event-tally.ts'

/** What the API server sends to all watchers, worked out and not measured. */
export interface FanOut {
  nodes: number
  /** Without slices: every agent and the operator watch endpoints. */
  withoutSlices: EventCount
  /** With slices: every agent and the operator watch slices, and the operator alone watches endpoints. */
  withSlices: EventCount
}

/** In words, for whoever checks it: N nodes, each with one agent, and one operator. */
export const FAN_OUT_FORMULA = {
  withoutSlices: 'CEP × (N + 1)',
  withSlices: 'CES × (N + 1) + CEP × 1',
} as const

/** Watchers of each kind as Cilium's agents and its operator are (operator and agents of 1.14 to 1.20). */
export function modelFanOut(cep: EventCount, ces: EventCount, nodes: number): FanOut {
  const watchers = nodes + 1
  return {
    nodes,
    withoutSlices: times(cep, watchers),
    withSlices: plus(times(ces, watchers), cep),
  }
}

/** Bytes that all agents read when they start at once, such as after an upgrade. */
export interface RelistModel {
  nodes: number
  withoutSlicesBytes: number
  withSlicesBytes: number
}

export const RELIST_FORMULA = {
  withoutSlices: 'list of CEP × L × N',
  withSlices: 'list of CES × N',
} as const

/**
 * @param minor of Cilium: 16 for 1.16
 * @returns how often an agent lists all endpoints when it starts: twice in 1.16.8 to 1.17 (cilium#38836), else once
 */
export function listsAtStart(minor: number | undefined): number {
  return minor === 16 || minor === 17 ? 2 : 1
}

/**
 * What all agents of so many nodes read when they start.
 * @param lists of endpoints that one agent asks for; see listsAtStart
 */
export function modelRelist(
  { cepBytes, cesBytes }: { cepBytes: number; cesBytes: number },
  nodes: number,
  lists: number,
): RelistModel {
  return { nodes, withoutSlicesBytes: cepBytes * lists * nodes, withSlicesBytes: cesBytes * nodes }
}

function times({ events, bytes }: EventCount, factor: number): EventCount {
  return { events: events * factor, bytes: bytes * factor }
}

function plus(a: EventCount, b: EventCount): EventCount {
  return { events: a.events + b.events, bytes: a.bytes + b.bytes }
}
