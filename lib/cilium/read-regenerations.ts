import { PerfError } from '../errors/perf-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { runInPod } from '../kube/streams/run-in-pod.ts'
import { forEach } from '../run/for-each.ts'
import type { Agent } from './agents/agent.ts'
import type { AskOptions } from './agents/ask-agent.ts'
import { parseMetricsList } from './maps/formats/parse-metrics-list.ts'

const METRIC = 'cilium_endpoint_regenerations_total'
const COMMAND =
  'command -v cilium-dbg >/dev/null && exec cilium-dbg metrics list -o json; exec cilium metrics list -o json'
const CONCURRENCY = 32
const MAX_ANSWER_BYTES = 8 << 20

/**
 * How often agents have made the programs of endpoints anew since they started, as after a policy changed, and how often
 * that failed: all of them together.
 * @throws ApiError, ConnectionError; PerfError for an agent that does not count it
 */
export async function readRegenerations(
  client: Pick<KubeClient, 'exec'>,
  agents: readonly Agent[],
  { signal, timeoutMs }: AskOptions,
): Promise<{ succeeded: number; failed: number }> {
  const sum = { succeeded: 0, failed: 0 }
  await forEach(agents, CONCURRENCY, signal, async (agent) => {
    const options = { signal, timeoutMs, maxOutputBytes: MAX_ANSWER_BYTES }
    const { stdout } = await runInPod(client, agent, ['sh', '-c', COMMAND], options)
    const own = parseMetricsList(stdout).filter(({ name }) => name === METRIC)
    if (own.length === 0) throw new PerfError(`the agent on ${agent.node} does not count regenerations of endpoints`)
    for (const { labels, value } of own) sum[labels.outcome === 'success' ? 'succeeded' : 'failed'] += value
  })
  return sum
}
