import { type ClusterState, readState, writeState } from '../cluster-folder.ts'
import { exclusively } from '../exclusive.ts'
import { clusterLock } from '../stop-cluster.ts'
import { checkLinkShape, type LinkShape, type LinkShapes, queueDiscipline, switchRules } from './link-shape.ts'
import { type NodeNetwork, runInNamespace } from './network.ts'
import { findNetwork } from './node-process.ts'
import { realNode } from './real-node.ts'

/** Gives a node's link another shape, or the ordinary one when there is none; those of other nodes stay as they are. */
export async function shapeLink(clusterName: string, node: string, shape: LinkShape | undefined): Promise<void> {
  if (shape !== undefined) checkLinkShape(shape)
  await exclusively(clusterLock(clusterName), async () => {
    const state = await readState(clusterName)
    const { [realNode(state, node).name]: present, ...others } = state.links
    if (shape === undefined && present === undefined) return
    const changed: ClusterState = { ...state, links: shape === undefined ? others : { ...others, [node]: shape } }
    await applyShapes(await findNetwork(changed), changed.links, state.mtuBytes)
    await writeState(changed)
  })
}

async function applyShapes(network: NodeNetwork, shapes: LinkShapes, interfaceMtu: number): Promise<void> {
  await runInNamespace(network.switchPid, ['nft', '-f', '-'], switchRules(shapes))
  // A packet's size can be judged only when the sender does not leave it to the link to cut its data into packets.
  const cut = Object.values(shapes).some(({ mtuBytes }) => mtuBytes !== undefined) ? 'off' : 'on'
  for (const node of network.nodes) {
    const shape = shapes[node.name] ?? {}
    const replace = (device: string, discipline: string) =>
      `tc qdisc replace dev ${device} root ${discipline}`.split(' ')
    await runInNamespace(network.switchPid, replace(node.name, queueDiscipline(shape, 'to', interfaceMtu)))
    await runInNamespace(node.pid, replace('eth0', queueDiscipline(shape, 'from', interfaceMtu)))
    const offloads = ['tso', 'gso', 'tx-udp-segmentation'].flatMap((feature) => [feature, cut])
    await runInNamespace(node.pid, ['ethtool', '-K', 'eth0', ...offloads])
  }
}
