import type { NodeReport } from '../assessment/node-report.ts'
import type { ClusterFacts } from '../facts/gather-facts.ts'
import { nodeBlock, nodesOf } from '../sizing/pod-cidr.ts'
import type { Change } from './change.ts'

/** What the controller manager gives to each node where nothing else is set. */
const USUAL_NODE_MASK = 24

/** What has to change, or to be checked, outside of the nodes: the pod subnet, and the block that it is cut into. */
export function clusterChanges(
  pods: number,
  reports: readonly NodeReport[],
  { nodes, config }: Pick<ClusterFacts, 'nodes' | 'config'>,
): Change[] {
  const byBlock = reports.filter(
    ({ addresses, node }) =>
      node.provider !== 'gke' &&
      node.provider !== 'aks' &&
      (addresses?.limit?.name === 'pod CIDR' || addresses?.limit?.name === 'Cilium IPAM') &&
      addresses.limit.pods < pods,
  )
  const block = nodeBlock(pods)
  if (byBlock.length === 0 || block === undefined) return []
  const isCilium = byBlock.some(({ addresses }) => addresses?.limit?.name === 'Cilium IPAM')
  const mask = (isCilium ? config.cilium?.maskSize : config.nodeMaskSize) ?? USUAL_NODE_MASK
  const changes: Change[] = []
  if (mask > block.comfortable) {
    changes.push({
      what: isCilium ? 'Cilium clusterPoolIPv4MaskSize' : 'controller manager --node-cidr-mask-size',
      now: String(mask),
      needed: String(block.comfortable),
      why: 'the block that a node gets when it joins',
    })
  }
  const subnet = config.podSubnets?.find(({ family }) => family === 4)
  if (subnet === undefined) {
    changes.push({
      what: 'pod subnet of the cluster',
      now: 'not known',
      needed: `${nodes.length} blocks of /${block.comfortable} and some to spare`,
      why: 'the blocks of all nodes come from it',
    })
  } else {
    const room = nodesOf(subnet.mask, block.comfortable)
    changes.push({
      what: 'pod subnet of the cluster',
      now: `${subnet.text}: ${room} blocks of /${block.comfortable}`,
      needed: `${nodes.length} and some to spare`,
      why: room < nodes.length ? 'too small: the cluster needs a larger subnet' : 'enough for the nodes that are there',
    })
  }
  return changes
}
