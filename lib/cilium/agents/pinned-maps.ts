import type { KubeClient } from '../../kube/client.ts'
import type { DeepMapAnswer } from '../maps/agent-answer.ts'
import { type PinnedMap, parsePinnedMap } from '../maps/formats/parse-pinned-map.ts'
import type { Agent } from './agent.ts'
import { type AskOptions, askAgent, type ScriptAnswer } from './ask-agent.ts'
import { COUNT_SCRIPT } from './script.ts'

/** Kinds of maps that have entries; others are arrays, all of whose slots are there at all times. */
const COUNTABLE = new Set(['hash', 'lru_hash', 'percpu_hash', 'lru_percpu_hash', 'lpm_trie', 'hash_of_maps'])
/** Measured with entries of 70 bytes: so many are read, printed and counted in a second of a core. */
const ENTRIES_PER_SECOND = 150_000

/** What the kernel says of a map, and as bpftool printed it. */
export interface PinnedMapAnswer {
  readonly map: PinnedMap
  readonly answer: DeepMapAnswer
}

/**
 * What the kernel says of each pinned map; those that it does not tell about are left out.
 * @throws PerfError for output that is none of bpftool's
 */
export function pinnedMaps({ parts }: ScriptAnswer): readonly PinnedMapAnswer[] {
  return [...parts].flatMap(([pin, { exitCode, text }]) => {
    const answer = { pin, show: text }
    const map = exitCode === 0 ? parsePinnedMap(answer) : undefined
    return map === undefined ? [] : [{ map, answer }]
  })
}

export interface CountingCost {
  readonly nodes: number
  /** On all nodes. */
  readonly maps: number
  /** On the node that has most of them. */
  readonly mostEntriesOfNode: number
  readonly mostSecondsOfNode: number
}

/** What it takes at most to count the entries of these maps, by the sizes that they have. */
export function countingCost(
  nodes: readonly (readonly PinnedMapAnswer[])[],
  wantsMap: (pin: string) => boolean,
): CountingCost {
  const wanted = nodes.map((maps) => countable(maps, wantsMap))
  const entries = wanted.map((maps) => maps.reduce((sum, { maxEntries }) => sum + maxEntries, 0))
  const mostEntriesOfNode = Math.max(0, ...entries)
  return {
    nodes: nodes.length,
    maps: wanted.reduce((sum, maps) => sum + maps.length, 0),
    mostEntriesOfNode,
    mostSecondsOfNode: mostEntriesOfNode / ENTRIES_PER_SECOND,
  }
}

export interface CountedMaps {
  readonly maps: readonly DeepMapAnswer[]
  /** Wanted, but the dump did not come to its end: it took too long, or the map is gone. */
  readonly uncounted: readonly string[]
}

/**
 * The maps with the entries that they have, where those are wanted.
 * @throws ApiError, ConnectionError, PerfError, or the signal's reason
 */
export async function countEntries(
  client: Pick<KubeClient, 'exec'>,
  agent: Agent,
  maps: readonly PinnedMapAnswer[],
  wantsMap: (pin: string) => boolean,
  options: AskOptions,
): Promise<CountedMaps> {
  const answers = maps.map(({ answer }) => answer)
  const pins = countable(maps, wantsMap).map(({ pin }) => pin)
  if (pins.length === 0) return { maps: answers, uncounted: [] }
  const { parts } = await askAgent(client, agent, COUNT_SCRIPT, options, pins)
  const counts = new Map(pins.map((pin) => [pin, entriesOf(parts.get(pin)?.text ?? '')]))
  return {
    maps: answers.map((answer) => {
      const entries = counts.get(answer.pin)
      return entries === undefined ? answer : { ...answer, entries }
    }),
    uncounted: pins.filter((pin) => counts.get(pin) === undefined),
  }
}

function countable(maps: readonly PinnedMapAnswer[], wantsMap: (pin: string) => boolean): readonly PinnedMap[] {
  return maps.map(({ map }) => map).filter(({ type, pin }) => COUNTABLE.has(type) && wantsMap(pin))
}

/** A dump that did not come to its end counts for nothing. */
function entriesOf(text: string): number | undefined {
  if (!/^dumped 0$/m.test(text)) return undefined
  const [count] = /^\d+$/m.exec(text) ?? []
  return count === undefined ? undefined : Number(count)
}
