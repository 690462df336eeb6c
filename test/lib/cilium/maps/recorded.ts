import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { AgentInput, DeepMapAnswer } from '../../../../lib/cilium/maps/agent-answer.ts'
import { readAgent } from '../../../../lib/cilium/maps/read-agent.ts'
import type { AgentReading, MapReading } from '../../../../lib/record/cilium-figures.ts'

export const STATES = ['empty', 'busy', 'full', 'kpr', 'nat'] as const
export type State = (typeof STATES)[number]

/** What an agent of 1.15.19 printed. */
export function recorded(state: State, name: string): string {
  const file = new URL(`../../../fixtures/cilium/1.15.19/${state}-${name}`, import.meta.url)
  return name.endsWith('.gz') ? gunzipSync(readFileSync(file)).toString('utf8') : readFileSync(file, 'utf8')
}

export function recordedMetrics(state: State, format: 'json' | 'txt' = 'json'): string {
  return recorded(state, `metrics-list.${format}.gz`)
}

/** `MemTotal` of the machine that ran them: the sizes of the state `kpr` follow from it. */
export const MEMORY_BYTES = 24_684_092 * 1024

const CONFIGS: Readonly<Record<State, Record<string, string>>> = {
  empty: { 'bpf-ct-global-tcp-max': '1024', 'bpf-ct-global-any-max': '1024', 'bpf-nat-global-max': '1024' },
  busy: small(),
  full: small(),
  kpr: { 'bpf-map-dynamic-size-ratio': '0.0025', 'preallocate-bpf-maps': 'false' },
  nat: {
    'bpf-ct-global-tcp-max': '2048',
    'bpf-ct-global-any-max': '1024',
    'bpf-nat-global-max': '1024',
    'preallocate-bpf-maps': 'false',
  },
}

function small(): Record<string, string> {
  return {
    'bpf-ct-global-tcp-max': '1024',
    'bpf-ct-global-any-max': '1024',
    'bpf-nat-global-max': '1024',
    'bpf-lb-map-max': '256',
    'bpf-policy-map-max': '256',
  }
}

export function inputOf(state: State, node = 'node-a'): AgentInput {
  return {
    agent: { node, namespace: 'kube-system', pod: `cilium-${node}`, container: 'cilium-agent' },
    node: { name: node, cpus: 2, kernel: '6.18.5', memoryBytes: MEMORY_BYTES },
    config: { 'enable-ipv4': 'true', 'enable-ipv6': 'false', ...CONFIGS[state] },
    answer: {
      source: 'exec',
      readAtMs: Date.parse('2026-11-21T10:00:00Z'),
      metrics: recordedMetrics(state),
      status: recorded(state, 'status.json'),
      version: recorded(state, 'version.txt'),
    },
  }
}

export function readingOf(state: State, node = 'node-a'): AgentReading {
  return readAgent(inputOf(state, node))
}

/** An agent in which a metric is turned off. */
export function readingWithout(metric: string, state: State, node = 'node-a'): AgentReading {
  const input = inputOf(state, node)
  const told = JSON.parse(recordedMetrics(state)) as { name: string }[]
  const metrics = JSON.stringify(told.filter(({ name }) => name !== metric))
  return readAgent({ ...input, answer: { ...input.answer, metrics } })
}

export function mapOf(reading: AgentReading, name: string): MapReading {
  const map = reading.maps.find((each) => each.map === name)
  if (map === undefined) throw new Error(`no map ${name}: ${reading.maps.map((each) => each.map).join(', ')}`)
  return map
}

/** What bpftool told of the pinned maps. */
export function recordedPins(state: State): DeepMapAnswer[] {
  const maps = JSON.parse(recorded(state, 'pinned-maps.json')) as { pinned: string }[]
  return maps.map(({ pinned, ...map }) => ({ pin: pinned, show: JSON.stringify(map) }))
}
