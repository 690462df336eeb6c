import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { runInPod } from '../../kube/streams/run-in-pod.ts'
import type { Agent } from './agent.ts'
import { partsOf, type ScriptPart } from './script.ts'

/** Beyond this it is no answer to what is asked: the metrics and the status of a busy agent are below 1 MB. */
const MAX_ANSWER_BYTES = 8 << 20
/** The command's own limit ends first, so that it tells which part hung and nothing runs on in the container. */
const SPARE_MS = 1000

export interface AskOptions {
  readonly signal: AbortSignal
  /** For all of it. */
  readonly timeoutMs: number
}

export interface ScriptAnswer {
  readonly parts: ReadonlyMap<string, ScriptPart>
  readonly stderr: string
}

/**
 * Runs one of the scripts in an agent's container.
 * @param words what the script gets as its arguments after the seconds that each of its commands may take
 * @throws ApiError, ConnectionError, or the signal's reason; PerfError when the script could not begin
 */
export async function askAgent(
  client: Pick<KubeClient, 'exec'>,
  agent: Pick<Agent, 'namespace' | 'pod' | 'container'>,
  script: string,
  { signal, timeoutMs }: AskOptions,
  words: readonly string[] = [],
): Promise<ScriptAnswer> {
  const seconds = Math.max(1, Math.floor((timeoutMs - SPARE_MS) / 1000))
  const command = ['sh', '-c', script, 'sh', String(seconds), ...words]
  const { stdout, stderr, exitCode } = await runInPod(client, agent, command, {
    signal,
    timeoutMs,
    maxOutputBytes: MAX_ANSWER_BYTES,
  })
  const parts = partsOf(stdout)
  if (parts.size === 0) {
    throw new PerfError(
      lastLine(stderr) ?? `the command in container ${agent.container} said nothing (exit code ${exitCode})`,
    )
  }
  return { parts, stderr }
}

/** Why a container is no agent's: it has not Cilium's command line tool, or cannot be asked; undefined where it has. */
export async function whyNoTool(
  client: Pick<KubeClient, 'exec'>,
  agent: Agent,
  { signal, timeoutMs }: AskOptions,
): Promise<string | undefined> {
  const command = ['sh', '-c', 'command -v cilium-dbg || command -v cilium']
  try {
    const { stdout } = await runInPod(client, agent, command, { signal, timeoutMs })
    return stdout.trim() === '' ? 'no cilium-dbg and no cilium in it' : undefined
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PerfError) return `it cannot be asked: ${error.message}`
    throw error
  }
}

/** What programs end with is why they ended. */
function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1)
}
