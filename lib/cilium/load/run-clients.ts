import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { splitLines } from '../../kube/split-lines.ts'
import type { RunningCommand } from '../../kube/streams/exec.ts'
import { CLIENT_SCRIPT, readWord } from './client-script.ts'
import { divideLoad, type LoadPlan } from './load-plan.ts'

/** For the server to be reached through the Service, and the probing of what was held at the end. */
const SPARE_MS = 90_000
const LIMIT_SECONDS = SPARE_MS / 1000

/** What one client has done so far, all its processes together. */
export interface ClientCount {
  opened: number
  failed: number
  probed: number
  answered: number
}

export interface LoadClients {
  /** Lets all of them go. */
  start(): void
  /** Resolves when all have ended; rejects with what went wrong with one, and then ends the others. */
  readonly done: Promise<void>
}

export interface ClientsOptions {
  /** Of the Service. */
  address: string
  port: number
  /** Pods of the clients, in their order. */
  pods: readonly { namespace: string; pod: string }[]
  signal: AbortSignal
  /** Whenever one of them has said how far it is: all of them, in the order of the pods. */
  onCount: (counts: readonly ClientCount[]) => void
}

/**
 * Starts the clients' processes and waits until each has reached the servers: they hold until `start`.
 * @throws PerfError when a client cannot reach the Service, ApiError, ConnectionError, the signal's reason
 */
export async function prepareClients(
  client: Pick<KubeClient, 'exec'>,
  plan: Pick<LoadPlan, 'connections' | 'ratePerSecond' | 'durationMs' | 'protocol' | 'kind'>,
  { address, port, pods, signal, onCount }: ClientsOptions,
): Promise<LoadClients> {
  const shares = divideLoad(plan.connections)
  const stop = new AbortController()
  const countsOf = () =>
    pods.map((_, client) =>
      sum(processes.filter((_, index) => shares[index]?.client === client).map(({ count }) => count)),
    )
  const processes: readonly ClientProcess[] = shares.map(({ client: index, connections }) => {
    const pod = pods[index]
    if (pod === undefined) throw new RangeError(`no pod for client ${index}`)
    const words = [
      plan.protocol,
      plan.kind,
      address,
      String(port),
      String(connections),
      // A process may have less than one in a second.
      String(Math.max(1, Math.round((plan.ratePerSecond * 1000 * connections) / plan.connections))),
      String(Math.round(plan.durationMs / 1000)),
    ]
    return runProcess(client, pod, words, plan.durationMs, AbortSignal.any([signal, stop.signal]), () =>
      onCount(countsOf()),
    )
  })
  const done = Promise.all(processes.map(({ ended }) => ended)).then(
    () => {},
    (error: unknown) => {
      stop.abort(error)
      throw error
    },
  )
  done.catch(() => {})
  await Promise.race([Promise.all(processes.map(({ ready }) => ready)), done])
  return {
    start() {
      for (const { running } of processes) running.write('go\n')
    },
    done,
  }
}

interface ClientProcess {
  readonly running: RunningCommand
  readonly count: ClientCount
  readonly ready: Promise<void>
  readonly ended: Promise<void>
}

function runProcess(
  client: Pick<KubeClient, 'exec'>,
  { namespace, pod }: { namespace: string; pod: string },
  words: readonly string[],
  durationMs: number,
  signal: AbortSignal,
  onCount: () => void,
): ClientProcess {
  const count: ClientCount = { opened: 0, failed: 0, probed: 0, answered: 0 }
  const ready = Promise.withResolvers<void>()
  let hasEnded = false
  const hear = (line: string) => {
    const word = readWord(line)
    if (word?.kind === 'ready') ready.resolve()
    if (word?.kind === 'unreachable') {
      ready.reject(
        new PerfError(`client pod ${pod} cannot reach the servers through the Service of the run`, {
          advice: ['a NetworkPolicy or a firewall? kubectl perf netperf --path service says more'],
        }),
      )
    }
    if (word?.kind !== 'at' && word?.kind !== 'end') return
    Object.assign(count, word)
    hasEnded = word.kind === 'end'
    onCount()
  }
  const limitMs = durationMs + SPARE_MS
  // Whatever becomes of the connection, the process ends by itself.
  const limit = ['timeout', String(Math.ceil(durationMs / 1000) + LIMIT_SECONDS)]
  const running = client.exec({ namespace, pod }, [...limit, 'bash', '-c', CLIENT_SCRIPT, 'bash', ...words], {
    stdin: true,
    signal,
    timeoutMs: limitMs,
    onStdout: splitLines((line) => hear(line.toString('utf8'))),
  })
  ready.promise.catch(() => {})
  const ended = running.done.then(async ({ exitCode, stderr }) => {
    if (hasEnded) return
    // Where it said why, that is why.
    ready.reject(
      new PerfError(
        `the client in pod ${pod} ended early (exit code ${exitCode}): ${stderr.trim().split('\n').at(-1)}`,
      ),
    )
    await ready.promise
    throw new PerfError(`the client in pod ${pod} ended early (exit code ${exitCode})`)
  })
  ended.catch((error: unknown) => ready.reject(error))
  return { running, count, ready: ready.promise, ended }
}

function sum(counts: readonly ClientCount[]): ClientCount {
  const total: ClientCount = { opened: 0, failed: 0, probed: 0, answered: 0 }
  for (const count of counts) {
    total.opened += count.opened
    total.failed += count.failed
    total.probed += count.probed
    total.answered += count.answered
  }
  return total
}
