import { setTimeout as sleep } from 'node:timers/promises'
import { listNames } from '../../lib/kube/collections/list-names.ts'
import { parseDuration } from '../../lib/record/duration.ts'
import { parseArgv } from '../argv.ts'
import type { Context } from '../command.ts'
import { toConnectionOptions } from '../connection.ts'
import { readOptionValues } from '../option-value.ts'
import { type ConnectionValues, connectionOptions } from '../shared-options.ts'
import type { FindNames, LiveHint } from './answer.ts'
import { type Candidate, plain } from './complete.ts'

/** Nobody waits longer for a key press, unless told to: a cluster far away, or a slow plugin for credentials. */
const LIMIT_MS = 1000
const LIMIT_VARIABLE = 'PERF_COMPLETION_TIMEOUT'

/**
 * Names out of the kubeconfig and the cluster that the words before name, as kubectl would find it. Whatever goes wrong,
 * and whatever takes too long, gives no names: this is no place for messages.
 */
export function liveNames(before: readonly string[], context: Context): FindNames {
  return async (hint) => {
    const limitMs = readLimitMs(context.environment[LIMIT_VARIABLE])
    const found = findNames(hint, before, context, limitMs).catch(() => [])
    // A plugin for credentials does not listen to signals.
    const names = await Promise.race([found, sleep(limitMs, [], { ref: false })])
    return hint === 'maps' && names.length === 0 ? knownMaps() : names
  }
}

function readLimitMs(text: string | undefined): number {
  try {
    return text ? parseDuration(text) : LIMIT_MS
  } catch {
    return LIMIT_MS
  }
}

async function findNames(
  hint: LiveHint,
  before: readonly string[],
  context: Context,
  limitMs: number,
): Promise<readonly Candidate[]> {
  const signal = AbortSignal.timeout(limitMs)
  const { texts } = parseArgv(before, connectionOptions)
  const values = readOptionValues(connectionOptions, texts, context.environment) as ConnectionValues
  if (hint === 'contexts' || hint === 'clusters' || hint === 'users') return fromKubeconfig(hint, values, context)
  const client = await context.connect({ ...values, requestTimeout: limitMs })
  try {
    switch (hint) {
      case 'namespaces':
      case 'nodes':
        return await objectNames(client, hint, signal)
      case 'runs': {
        const { findRuns } = await import('../../lib/run/find-runs.ts')
        const runs = await findRuns(client, values.namespace, signal)
        return runs.map(({ runId, command }) => ({ value: runId, description: command ?? '' }))
      }
      case 'maps': {
        const { pinnedNames } = await import('../../lib/cilium/agents/pinned-names.ts')
        return (await pinnedNames(client, values.namespace, { signal, timeoutMs: limitMs })).map(plain)
      }
    }
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

// Those that Cilium can have, where no agent tells which it has.
async function knownMaps(): Promise<readonly Candidate[]> {
  const { KNOWN_MAPS } = await import('../../lib/cilium/maps/catalogue/known-maps.ts')
  return KNOWN_MAPS.map(({ map }) => plain(map))
}

async function fromKubeconfig(
  hint: 'contexts' | 'clusters' | 'users',
  values: ConnectionValues,
  { environment, homeDirectory, workingDirectory }: Context,
): Promise<readonly Candidate[]> {
  const { loadKubeconfig } = await import('../../lib/kube/kubeconfig/kubeconfig.ts')
  const place = { variables: environment, homeDirectory, workingDirectory }
  const config = await loadKubeconfig(toConnectionOptions(values), place)
  return [...config[hint].keys()].sort().map(plain)
}

async function objectNames(
  client: Awaited<ReturnType<Context['connect']>>,
  resource: 'namespaces' | 'nodes',
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  return (await listNames(client, `/api/v1/${resource}`, { signal })).map(plain)
}
