import type { ItemSession } from '../item.ts'
import type { Room, Verdict } from '../probe/measure-in-scope.ts'
import type { Prober } from '../probe/open-prober.ts'
import { type ProbePod, SERVER_PORT } from '../probe/probe-pods.ts'
import { type Effect, untilAllowed, untilDenied } from './effect.ts'
import type { EffectLog, Step } from './effect-log.ts'
import { createPolicy, deletePolicy, type PolicyName } from './policies.ts'

/** A client's node, from where both servers are connected to all the time. */
export interface Watcher {
  readonly node: string
  readonly guarded: Prober
  readonly control: Prober
}

export interface Trial {
  readonly room: Room
  readonly watchers: readonly Watcher[]
  readonly log: EffectLog
  readonly limitMs: number
  readonly onSample: ItemSession['onSample']
}

/** In this order each step undoes what the one before has done. */
const STEPS: readonly (Step & { readonly policy: PolicyName })[] = [
  { action: 'deny', change: 'created', policy: 'deny' },
  { action: 'allow', change: 'created', policy: 'allow' },
  { action: 'deny', change: 'deleted', policy: 'allow' },
  { action: 'allow', change: 'deleted', policy: 'deny' },
]

interface Servers {
  readonly guarded: ProbePod
  readonly control: ProbePod
}

/**
 * Makes and deletes the policies so often, and waits for each change's effect on each client.
 * @returns why there are no figures: the servers cannot be reached, or nobody enforces policies
 */
export async function runTrials(trial: Trial, servers: Servers, repeats: number): Promise<Verdict | undefined> {
  const { room, log } = trial
  for (let repeat = 0; repeat < repeats && clientsOf(trial).length > 0; repeat += 1) {
    room.onProgress({ phase: 'policies', done: repeat, total: repeats })
    const unreached = await beginWatching(trial, servers)
    if (unreached.length > 0) {
      return {
        outcome: 'no-data',
        reason: `pods on ${unreached.join(', ')} reach no pod of the run without any policy`,
      }
    }
    await runTrial(trial)
    const connections = await endWatching(trial)
    if (clientsOf(trial).length === 0 && !log.hasDenied()) return notEnforced(trial, connections)
  }
  return undefined
}

/**
 * Those on which each change has had its effect so far. On one where a change had none, those to come would take their whole
 * limit.
 */
export function clientsOf({ watchers, log }: Pick<Trial, 'watchers' | 'log'>): readonly Watcher[] {
  return watchers.filter(({ node }) => !log.hasFailed(node))
}

function notEnforced({ watchers, limitMs }: Trial, connections: number): Verdict {
  const nodes = watchers.map(({ node }) => node).join(', ')
  const reason = `NetworkPolicies are not enforced: ${limitMs / 1000}s after one that denies all, pods on ${nodes} still got every connection to the pod that it selects, ${connections} in a row, as they did to one that no policy selects`
  return { outcome: 'not-applicable', reason }
}

/**
 * Begins to connect to both servers.
 * @returns the nodes from which one of them cannot be reached although no policy is there
 */
async function beginWatching(trial: Trial, servers: Servers): Promise<string[]> {
  const limit = AbortSignal.timeout(trial.limitMs)
  const opened = await Promise.all(
    clientsOf(trial).flatMap(({ guarded, control }) =>
      [
        { prober: guarded, server: servers.guarded },
        { prober: control, server: servers.control },
      ].map(async ({ prober, server }) => {
        await prober.readClock()
        prober.watch(server.address, SERVER_PORT)
        const open = await untilAllowed(prober, 0, limit)
        return open === undefined ? [prober.pod.node] : []
      }),
    ),
  )
  return [...new Set(opened.flat())]
}

/** Stops it. @returns how many connections in a row the clients had got from the guarded server, together */
async function endWatching({ watchers }: Trial): Promise<number> {
  const attempts = await Promise.all(watchers.map(({ guarded }) => guarded.pause()))
  await Promise.all(watchers.map(({ control }) => control.pause()))
  return attempts.reduce((sum, count) => sum + count, 0)
}

/** Makes and deletes the policies once. Where no client is left, those that are there then stay. */
async function runTrial(trial: Trial): Promise<void> {
  for (const step of STEPS) {
    const { room } = trial
    const sinceMs = await (step.change === 'created'
      ? createPolicy(room, step.policy)
      : deletePolicy(room, step.policy))
    await takeStep(trial, step, sinceMs)
    if (clientsOf(trial).length === 0) return
  }
}

async function takeStep(trial: Trial, { action, change }: Step, sinceMs: number): Promise<void> {
  const { log, limitMs, onSample } = trial
  const limit = AbortSignal.timeout(limitMs)
  const until = action === 'deny' ? untilDenied : untilAllowed
  await Promise.all(
    clientsOf(trial).map(async ({ node, guarded, control }) => {
      const effect: Effect | undefined = await until(guarded, sinceMs, limit)
      if (control.changes.at(-1)?.result !== 'open') {
        log.disturbed()
        return
      }
      if (effect === undefined) {
        log.noEffect({ action, change }, node)
        return
      }
      const seconds = log.effect({ action, change }, effect, sinceMs)
      onSample?.('network_policy_enforcement_latency', { action, change }, effect.atMs, seconds)
    }),
  )
}
