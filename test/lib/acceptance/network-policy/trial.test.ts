import { expect, test } from 'vitest'
import { createEffectLog } from '../../../../lib/acceptance/network-policy/effect-log.ts'
import { clientsOf, runTrials, type Trial } from '../../../../lib/acceptance/network-policy/trial.ts'
import type { TimedChange } from '../../../../lib/acceptance/probe/attempts.ts'
import type { Prober } from '../../../../lib/acceptance/probe/open-prober.ts'
import type { ProbePod } from '../../../../lib/acceptance/probe/probe-pods.ts'
import { ownNamespaces } from '../../../../lib/run/run-scope.ts'
import { createLookers } from '../../../../lib/run/until-look.ts'

// A made-up network: each node does with policies what the test says, and each change of them is seen at once.

type Network = (policies: ReadonlySet<string>) => 'open' | 'blocked'

const enforces: Network = (policies) => (policies.has('deny') && !policies.has('allow') ? 'blocked' : 'open')
const ignores: Network = () => 'open'
/** The worst: what is denied stays so. */
const deniesForever = (): Network => {
  let isDenied = false
  return (policies) => {
    isDenied ||= policies.has('deny')
    return isDenied ? 'blocked' : 'open'
  }
}

const LIMIT_MS = 900

function startTrial(networks: Readonly<Record<string, Network>>) {
  const policies = new Set<string>()
  const requests: string[] = []
  const listeners: (() => void)[] = []
  const proberOn = (node: string, network: Network): Prober => {
    const changes: TimedChange[] = []
    const { changed, until } = createLookers(new AbortController().signal)
    const look = () => {
      const result = network(policies)
      if (changes.at(-1)?.result === result) return
      const startMs = performance.now()
      changes.push({ result, startMs, endMs: startMs })
      changed()
    }
    listeners.push(look)
    return {
      pod: { name: 'client', node, address: '', hostAddress: undefined },
      changes,
      readClock: async () => {},
      clockUncertaintyMs: () => 0,
      pause: async () => 7,
      watch() {
        changes.length = 0
        look()
      },
      until: (see: (seen: readonly TimedChange[]) => unknown, limit: AbortSignal) => until(() => see(changes), limit),
    } as unknown as Prober
  }
  const tell = (request: string) => {
    requests.push(request)
    for (const look of listeners) look()
  }
  const nameOf = (name: string) => name.split(/[-/]/).at(-1) ?? ''
  const client = {
    async create(_: string, { metadata }: { metadata: { name: string } }) {
      const name = nameOf(metadata.name)
      policies.add(name)
      tell(`create ${name}`)
    },
    async delete(path: string) {
      const name = nameOf(path)
      policies.delete(name)
      tell(`delete ${name}`)
    },
  }
  const room = { client, scope: ownNamespaces('abcdef', 1), namespace: 'ns', onProgress: () => {} }
  const watchers = Object.entries(networks).map(([node, network]) => ({
    node,
    guarded: proberOn(node, network),
    control: proberOn(node, ignores),
  }))
  const trial: Trial = {
    room: room as unknown as Trial['room'],
    watchers,
    log: createEffectLog(),
    limitMs: LIMIT_MS,
    onSample: undefined,
  }
  return { trial, requests }
}

const servers = { guarded: {} as ProbePod, control: {} as ProbePod }
const round = ['create deny', 'create allow', 'delete allow', 'delete deny']
const withoutEffect = ({ log }: Trial) =>
  log
    .metrics()
    .filter(({ name }) => name === 'network_policy_without_effect')
    .map(({ statistics }) => statistics.value)

test.concurrent('where policies are enforced, each change has its effect on each client, every time', async () => {
  const { trial, requests } = startTrial({ 'node-a': enforces, 'node-b': enforces })
  expect(await runTrials(trial, servers, 2)).toBeUndefined()
  expect(requests).toEqual([...round, ...round])
  expect(withoutEffect(trial)).toEqual([0, 0, 0, 0])
})

test.concurrent('where no client is ever denied, policies are not enforced', async () => {
  const { trial, requests } = startTrial({ 'node-a': ignores, 'node-b': ignores })
  expect(await runTrials(trial, servers, 2)).toEqual({
    outcome: 'not-applicable',
    reason:
      'NetworkPolicies are not enforced: 0.9s after one that denies all, pods on node-a, node-b still got every connection to the pod that it selects, 14 in a row, as they did to one that no policy selects',
  })
  expect(requests).toEqual(['create deny'])
})

test.concurrent('a node that enforces nothing is waited for once, and the others have their figures', async () => {
  const { trial, requests } = startTrial({ 'node-a': enforces, 'node-b': ignores })
  expect(await runTrials(trial, servers, 2)).toBeUndefined()
  expect(requests).toEqual([...round, ...round])
  expect(withoutEffect(trial)).toEqual([1, 0, 0, 0])
  expect(clientsOf(trial).map(({ node }) => node)).toEqual(['node-a'])
})

test.concurrent('a policy that lets nobody through is a change without effect, and not a network that enforces none', async () => {
  const { trial, requests } = startTrial({ 'node-a': deniesForever() })
  expect(await runTrials(trial, servers, 2)).toBeUndefined()
  expect(requests).toEqual(['create deny', 'create allow'])
  expect(withoutEffect(trial)).toEqual([0, 1])
  expect(clientsOf(trial)).toEqual([])
})
