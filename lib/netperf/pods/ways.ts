import { forEach } from '../../run/for-each.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import { addressOf, type Pair, type Target } from '../pair.ts'
import type { NetperfSession } from '../session.ts'
import type { TestCase } from '../test-case.ts'
import { REACH_SCRIPT } from '../traffic/shell-scripts.ts'
import type { Arrangement } from './arrangement.ts'
import { isServicePath, type ServiceTargets } from './make-services.ts'
import { execFault } from './pod-fault.ts'
import { containerOf, type WantedPair } from './wanted-pod.ts'

const CONCURRENCY = 20
const REACH_TRIES = 20
const REACH_TIMEOUT_MS = 60_000

/** Where each pair of each test connects to, or why it cannot. */
export interface Ways {
  of(test: number, pair: number): Target | MeasurementFault
}

/** Finds the target of each pair in each test, and tries whether a connection to it comes about. */
export async function findWays(
  session: NetperfSession,
  arrangement: Arrangement,
  services: ServiceTargets | undefined,
): Promise<Ways> {
  const { run, plan, host, signal } = session
  const ways = new Map<string, Target | MeasurementFault>()
  const attempts = new Map<string, Attempt>()
  for (const [index, test] of plan.tests.entries()) {
    for (const number of run.pairsOfTest.get(index) ?? []) {
      const [pair, wanted] = [run.pairs[number], arrangement.pairs[number]]
      if (pair === undefined || wanted === undefined) continue
      const way = targetOf(test, pair, wanted, services)
      ways.set(`${index}/${number}`, way)
      if (way instanceof MeasurementFault) continue
      const key = `${wanted.client} ${way.address} ${way.port}`
      const attempt = attempts.get(key) ?? { pair, wanted, target: way, engine: test.engine, ways: [] }
      attempt.ways.push(`${index}/${number}`)
      attempts.set(key, attempt)
    }
  }
  let done = 0
  host.onProgress({ phase: 'paths', total: attempts.size, done })
  await forEach(attempts.values(), CONCURRENCY, signal, async (attempt) => {
    const fault = await tryToReach(session, arrangement, attempt)
    if (fault !== undefined) for (const key of attempt.ways) ways.set(key, fault)
    done += 1
    host.onProgress({ phase: 'paths', total: attempts.size, done })
  })
  return {
    of(test, pair) {
      const way = ways.get(`${test}/${pair}`)
      if (way === undefined) throw new RangeError(`pair ${pair} is not in test ${test}`)
      return way
    },
  }
}

interface Attempt {
  pair: Pair
  wanted: WantedPair
  target: Target
  engine: TestCase['engine']
  /** What goes by it, test and pair. */
  ways: string[]
}

function targetOf(
  test: TestCase,
  pair: Pair,
  wanted: WantedPair,
  services: ServiceTargets | undefined,
): Target | MeasurementFault {
  const process = pair.processes.find(({ engine, ipFamily }) => engine === test.engine && ipFamily === test.ipFamily)
  if (process === undefined) throw new RangeError(`no server of ${test.engine} for pair ${pair.index}`)
  const { port } = process
  if (isServicePath(test.path)) {
    try {
      if (services === undefined) throw new RangeError('no Services were made')
      return services.target(wanted.server, pair.server, process, test)
    } catch (error) {
      if (error instanceof MeasurementFault) return error
      throw error
    }
  }
  const address = addressOf(pair.server.addresses, test.ipFamily)
  if (address === undefined) {
    return new MeasurementFault('NoRoute', `pod ${pair.server.pod} has no IPv${test.ipFamily} address`)
  }
  return { address, port, secondPort: port + 1 }
}

async function tryToReach(
  { client, signal }: NetperfSession,
  { pods }: Arrangement,
  { pair, wanted, target, engine }: Attempt,
): Promise<MeasurementFault | undefined> {
  const container = containerOf(pods, wanted.client, engine)
  // The traffic itself will tell.
  if (!container.hasShell) return undefined
  const { namespace, pod } = pair.client
  const words = [String(REACH_TRIES), target.address, String(target.port)]
  const running = client.exec(
    { namespace, pod, container: container.name },
    ['sh', '-c', REACH_SCRIPT, 'sh', ...words],
    { signal, timeoutMs: REACH_TIMEOUT_MS },
  )
  try {
    const { exitCode, stdout } = await running.done
    return exitCode === 1 ? unreachable(pair, target, stdout.trim()) : undefined
  } catch (error) {
    signal.throwIfAborted()
    return execFault(error)
  }
}

/** The fault of a connection that does not come about, with both its ends. */
export function unreachable(pair: Pair, { address, port }: Target, reason: string): MeasurementFault {
  const { client, server } = pair
  const endpoint = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  const [code, words] = /refused/i.test(reason)
    ? (['ConnectionRefused', 'connection refused'] as const)
    : /no route|unreachable/i.test(reason)
      ? (['NoRoute', 'no route to host'] as const)
      : /resolve|not known|bad address/i.test(reason)
        ? (['NameNotResolved', `the name cannot be resolved`] as const)
        : (['ConnectionTimedOut', 'connection timed out; a NetworkPolicy or firewall?'] as const)
  return new MeasurementFault(
    code,
    `client pod ${client.pod} on ${client.node} cannot reach server ${endpoint} on ${server.node}: ${words}`,
  )
}
