import type { NodeReport } from '../assessment/node-report.ts'
import { eksRecommendedMaximum } from '../ec2/eni-addresses.ts'

/** What Kubernetes is tested with (kubernetes.io: Considerations for large clusters). */
export const TESTED = { podsPerNode: 110, nodes: 5000, pods: 150_000, containers: 300_000 } as const

/** What so many pods per node may cost, in sentences. */
export function risksOf(pods: number, reports: readonly NodeReport[], nodesOfCluster: number): string[] {
  const number = (value: number) => value.toLocaleString('en-US')
  const inCluster = pods * nodesOfCluster
  const beyond = [
    ...(pods > TESTED.podsPerNode ? [`${number(TESTED.podsPerNode)} pods per node`] : []),
    ...(inCluster > TESTED.pods
      ? [`${number(TESTED.pods)} pods in the cluster (this allows ${number(inCluster)})`]
      : []),
    ...(nodesOfCluster > TESTED.nodes ? [`${number(TESTED.nodes)} nodes`] : []),
  ]
  const small = reports.filter(
    ({ node }) => node.provider === 'eks' && pods > eksRecommendedMaximum(node.capacity.cpuMillis / 1000),
  ).length
  return [
    ...(beyond.length === 0
      ? []
      : [`Kubernetes is tested up to ${beyond.join(', ')}: beyond, nobody vouches for it but your own tests.`]),
    ...(pods > TESTED.podsPerNode
      ? [
          `A node that fails takes up to ${number(pods)} pods with it, and as many start elsewhere at once.`,
          'The kubelet and the runtime look at every pod again and again: watch their CPU, and the time that pods take to get ready (kubectl perf density --workload node).',
          'Each pod also takes conntrack entries, inotify instances, file handles and attached volumes of the node, which have limits of their own.',
        ]
      : []),
    ...(small === 0
      ? []
      : [
          `EKS recommends at most 110 pods on nodes up to 30 vCPU and 250 on larger ones: ${small} nodes would have more.`,
        ]),
    ...(reports.some(({ node }) => node.os === 'windows')
      ? ['Windows nodes are slower with many pods, and each of their pods takes more memory.']
      : []),
  ]
}
