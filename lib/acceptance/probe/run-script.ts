import { PerfError } from '../../errors/perf-error.ts'
import type { ExecResult } from '../../kube/streams/exec.ts'
import type { Room } from './measure-in-scope.ts'
import type { ProbePod } from './probe-pods.ts'

/**
 * Runs a script of bash in a client pod and waits for its end.
 * @throws PerfError where it fails, or bash is too old for it
 */
export async function runScript(
  { client, namespace, signal }: Room,
  pod: ProbePod,
  script: string,
  { words = [], timeoutMs }: { words?: readonly string[]; timeoutMs: number },
): Promise<ExecResult> {
  const command = ['bash', '-c', script, 'bash', ...words]
  const result = await client.exec({ namespace, pod: pod.name }, command, { signal, timeoutMs }).done
  if (result.stdout.startsWith('unfit')) throw oldBash(pod)
  if (result.exitCode === 0) return result
  throw new PerfError(
    `the probe in pod ${pod.name} on ${pod.node} ended with ${result.exitCode}: ${result.stderr.trim()}`,
  )
}

/** The error for an image whose bash lacks what the probe script needs. */
export function oldBash({ name }: ProbePod): PerfError {
  return new PerfError(`the image of pod ${name} has a bash that is older than version 5`, {
    advice: ['name another image'],
  })
}
