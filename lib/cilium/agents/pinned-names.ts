import type { KubeClient } from '../../kube/client.ts'
import { runInPod } from '../../kube/streams/run-in-pod.ts'
import { isOfFixedContent } from '../maps/catalogue/known-maps.ts'
import { mapName } from '../maps/catalogue/map-name.ts'
import type { AskOptions } from './ask-agent.ts'
import { findAgents } from './find-agents.ts'
import { PINS } from './script.ts'

/**
 * The maps that one agent has pinned, by the names that `--map` matches; none where no agent runs.
 * @throws ApiError, ConnectionError, PerfError, or the signal's reason
 */
export async function pinnedNames(
  client: Pick<KubeClient, 'list' | 'exec'>,
  namespace: string | undefined,
  options: AskOptions,
): Promise<readonly string[]> {
  const { agents } = await findAgents(client, { namespace }, options.signal)
  const agent = agents.find(({ problem }) => problem === undefined)
  if (agent === undefined) return []
  const { stdout } = await runInPod(client, agent, ['ls', PINS], options)
  const names = stdout.split('\n').filter((name) => name.startsWith('cilium_'))
  return [...new Set(names.map(mapName))].filter((name) => !isOfFixedContent(name)).sort()
}
