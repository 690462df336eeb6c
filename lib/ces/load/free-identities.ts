import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { listNames } from '../../kube/collections/list-names.ts'
import { CILIUM_GROUP } from '../kinds.ts'

/** Numbers of identities of the cluster's own (Cilium's pkg/identity: 256 to 65,535). */
const FIRST = 256
const LAST = 65_535

/**
 * Numbers that no CiliumIdentity has: what endpoints of the load claim must give them no rights of others.
 * @throws PerfError when there are not so many; ApiError, ConnectionError
 */
export async function findFreeIdentities(
  client: Pick<KubeClient, 'list'>,
  count: number,
  signal: AbortSignal,
): Promise<number[]> {
  const names = await listNames(client, `/apis/${CILIUM_GROUP}/v2/ciliumidentities`, { signal })
  const taken = new Set(names.map(Number))
  const free: number[] = []
  // From the top: agents choose at random.
  for (let id = LAST; id >= FIRST && free.length < count; id -= 1) if (!taken.has(id)) free.push(id)
  if (free.length < count) throw new PerfError(`only ${free.length} identities are free, ${count} are needed`)
  return free
}
