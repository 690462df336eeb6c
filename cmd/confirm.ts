import { UsageError } from '../lib/errors/perf-error.ts'
import type { Context, InputStream } from './command.ts'

/** From here on a run may be felt by others in the cluster, so it has to be confirmed. */
const MANY_PODS = 1000

/** Why others in the cluster may feel so many pods, so that they have to be confirmed. */
export function concernOfPods(pods: number): string | undefined {
  return pods > MANY_PODS ? `This creates ${pods} pods.` : undefined
}

/**
 * Asks on a terminal; elsewhere nobody can answer, so the step needs --yes.
 * @throws UsageError when it is not confirmed
 */
export async function confirm(question: string, yes: boolean, { io, signal }: Context): Promise<void> {
  if (yes) return
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) {
    throw new UsageError(`${question} Confirm it with --yes`)
  }
  io.stderr.write(`${question} Continue? [y/N] `)
  const answer = (await Promise.race([firstLine(io.stdin), untilAborted(signal)])).trim().toLowerCase()
  if (answer !== 'y' && answer !== 'yes') throw new UsageError('not confirmed: nothing was done')
}

/** Empty when there is none. */
async function firstLine(stdin: InputStream): Promise<string> {
  for await (const chunk of stdin) return String(chunk)
  return ''
}

/** Whoever is asked may also press Ctrl-C. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
