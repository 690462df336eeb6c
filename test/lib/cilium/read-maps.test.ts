import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Agent } from '../../../lib/cilium/agents/agent.ts'
import type { Installation } from '../../../lib/cilium/agents/installation.ts'
import { type ReadMapsOptions, readMaps } from '../../../lib/cilium/read-maps.ts'
import { apiErrorOf } from '../../../lib/kube/api-error.ts'
import type { ExecResult } from '../../../lib/kube/streams/exec.ts'
import { recorded, recordedMetrics, recordedPins } from './maps/recorded.ts'

type Answer = (agent: string, command: readonly string[]) => Promise<string>

/** Agents named 0, 1, … each on a node of its own, which answer as told. */
function cluster(count: number, answer: Answer) {
  const agents: Agent[] = Array.from({ length: count }, (_, index) => ({
    namespace: 'kube-system',
    pod: String(index),
    container: 'cilium-agent',
    node: `node-${index}`,
    image: 'quay.io/cilium/cilium:v1.15.19',
    owner: 'daemonsets/cilium',
  }))
  const installation: Installation = { agents, nodes: undefined, configs: new Map(), looked: [], findings: [] }
  const client = {
    exec: ({ pod }: { pod: string }, command: readonly string[]) => ({
      done: answer(pod, command).then((stdout): ExecResult => ({ stdout, stderr: '', exitCode: 0 })),
    }),
  }
  return {
    agents,
    read: (options: Partial<ReadMapsOptions> = {}, host: Partial<Parameters<typeof readMaps>[3]> = {}) =>
      readMaps(
        client as never,
        installation,
        { way: { kind: 'exec' }, timeoutMs: 5000, ...options },
        { signal: new AbortController().signal, ...host },
      ),
  }
}

const part = (name: string, text: string, exitCode = 0) =>
  `\n=== kubectl-perf ${name}\n${text}\n=== kubectl-perf ${name} ended ${exitCode}\n`
const BUSY =
  part('metrics', recordedMetrics('busy')) +
  part('version', recorded('busy', 'version.txt')) +
  part('status', recorded('busy', 'status.json')) +
  part('memory', 'MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 500 kB')

test('so many agents at once and no more, each told as it is done', async () => {
  let underWay = 0
  let most = 0
  const done: number[] = []
  const { read } = cluster(100, async () => {
    underWay += 1
    most = Math.max(most, underWay)
    await sleep(1)
    underWay -= 1
    return BUSY
  })
  const { readings, failures } = await read({}, { onAgent: (count) => done.push(count) })
  expect({ most, failures }).toEqual({ most: 32, failures: [] })
  expect(readings.map(({ agent }) => agent.pod)).toEqual(Array.from({ length: 100 }, (_, index) => String(index)))
  expect(done).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
})

test('an agent that fails is a failure, whichever way it fails', async () => {
  const { agents, read } = cluster(5, async (pod) => {
    if (pod === '1') throw apiErrorOf(403, Buffer.from(''), undefined)
    if (pod === '2') return part('metrics', '', 124)
    if (pod === '3') return part('metrics', 'no metrics')
    return BUSY
  })
  Object.assign(agents[4] ?? {}, { problem: 'CrashLoopBackOff: back-off' })
  const { readings, failures } = await read()
  expect(readings.map(({ agent }) => agent.node)).toEqual(['node-0'])
  expect(failures.map(({ agent, error }) => [agent.pod, error])).toEqual([
    ['1', expect.stringContaining('Forbidden')],
    ['2', 'its metrics cannot be listed: the agent does not answer its own tool in time'],
    ['3', expect.stringMatching(/^metrics list: /)],
    ['4', 'its pod does not run: CrashLoopBackOff: back-off'],
  ])
})

test('a bug is no failure of an agent', async () => {
  const { read } = cluster(2, () => Promise.reject(new TypeError('mistake')))
  await expect(read()).rejects.toThrow('mistake')
})

test('who stops does not wait for agents', async () => {
  const stop = new AbortController()
  const { read } = cluster(2, async () => {
    stop.abort(new Error('stopped'))
    throw stop.signal.reason
  })
  await expect(read({}, { signal: stop.signal })).rejects.toThrow('stopped')
})

test('deep: the cost first, then the counts of the wanted maps; a dump that broke off counts for nothing', async () => {
  const asked: (readonly string[])[] = []
  const { read } = cluster(1, async (_, command) => {
    const [, , script = '', , , ...words] = command
    if (script.includes('map dump')) {
      asked.push(words)
      return words.map((pin) => part(pin, `dumped ${pin.includes('any4') ? 255 : 0}\n7`)).join('')
    }
    return script.includes('map show')
      ? recordedPins('busy')
          .map(({ pin, show }) => part(pin, show))
          .join('')
      : BUSY
  })
  const costs: unknown[] = []
  const deep = { wantsMap: (pin: string) => pin.includes('ct') }
  const { readings, uncounted } = await read({ deep }, { onCounting: (cost) => costs.push(cost) })
  expect(asked).toEqual([['cilium_ct4_global', 'cilium_ct_any4_global']])
  expect(costs).toEqual([{ nodes: 1, maps: 2, mostEntriesOfNode: 2048, mostSecondsOfNode: 2048 / 150_000 }])
  expect(uncounted).toEqual(['node-0 cilium_ct_any4_global'])
  const maps = new Map(readings[0]?.maps.map((map) => [map.map, map]))
  expect(maps.get('ct4_global')).toMatchObject({ basis: 'counted', used: 7 })
  expect(maps.get('ct_any4_global')).toMatchObject({ basis: 'gc', used: 2 })
  expect(maps.get('nodeport_neigh4')?.used).toBeUndefined()
})
