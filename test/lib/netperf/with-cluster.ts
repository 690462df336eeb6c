import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../cluster/control-plane.ts'
import { realNodeName } from '../../cluster/nodes/real-node.ts'

/**
 * Gives the tests of a file a cluster of their own, and removes it after them. After each test every link is as it was, and
 * nothing of any run is left.
 * @param use is handed the cluster before the first test
 */
export function withCluster(
  options: ControlPlaneOptions & { realNodes: number },
  use: (cluster: ControlPlane) => void,
): void {
  let cluster: (ControlPlane & AsyncDisposable) | undefined

  beforeAll(async () => {
    cluster = await startControlPlane(options)
    use(cluster)
  })

  afterEach(async () => {
    if (cluster === undefined) return
    for (let index = 0; index < options.realNodes; index += 1) await cluster.clearLink(realNodeName(index))
    expect(await leftOver(cluster)).toBe('')
  })

  afterAll(() => cluster?.[Symbol.asyncDispose]())
}

/** What any run has left in the cluster, as `kubectl get -o name` says it: nothing, if all is well. */
async function leftOver(cluster: Pick<ControlPlane, 'kubectl'>): Promise<string> {
  const kinds = 'namespaces,pods,services,configmaps'
  return cluster.kubectl(['get', kinds, '-A', '-l', 'kubectl-perf/run', '-o', 'name'])
}
