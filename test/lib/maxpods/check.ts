import type { MaxPodsResult } from '../../../lib/maxpods/assessment/maxpods-result.ts'
import type { NodeReport } from '../../../lib/maxpods/assessment/node-report.ts'
import { type CheckPlan, checkMaxPods } from '../../../lib/maxpods/check-maxpods.ts'
import { startFaultServer } from '../kube/fault-server.ts'
import { answerAs, type FakeCluster } from './fake-cluster.ts'

/** Checks a made-up cluster over its API. */
export async function check(cluster: FakeCluster, plan: Partial<CheckPlan> = {}): Promise<MaxPodsResult> {
  const server = await startFaultServer()
  try {
    server.answer(answerAs(cluster))
    const client = await server.connect()
    try {
      const signal = AbortSignal.timeout(60_000)
      return await checkMaxPods(client, { nodes: [], asksKubelets: true, ...plan }, { signal, onPods: () => {} })
    } finally {
      await client[Symbol.asyncDispose]()
    }
  } finally {
    await server[Symbol.asyncDispose]()
  }
}

/** The report of the only node, or of the named one. */
export function reportOf({ reports }: MaxPodsResult, name?: string): NodeReport {
  const found = name === undefined ? reports[0] : reports.find(({ node }) => node.name === name)
  if (found === undefined) throw new Error(`no report of ${name ?? 'any node'}`)
  return found
}
