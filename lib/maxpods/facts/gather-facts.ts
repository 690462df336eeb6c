import type { KubeClient } from '../../kube/client.ts'
import type { EniMode } from '../ec2/eni-addresses.ts'
import { type CalicoFacts, readCalico } from './calico.ts'
import { type CiliumNodeFacts, readCiliumNodes } from './cilium-nodes.ts'
import { type ClusterConfig, readCiliumConfig, readKubeadmConfig, readKubeletConfig } from './cluster-config.ts'
import { type MissingFact, readIfAllowed } from './missing-fact.ts'
import type { NodeFacts } from './node-facts.ts'
import { type KubeletReading, readKubelets } from './read-kubelets.ts'
import { readNodeNames, readNodes } from './read-nodes.ts'
import { type PodScan, scanPods } from './scan-pods.ts'
import { attachmentKey, readAttachments, readCsiNodes, type VolumeLimit } from './volume-limits.ts'

/** Everything that is known of a cluster, as far as the permissions go. */
export interface ClusterFacts {
  /** All nodes, by name. */
  readonly nodes: readonly NodeFacts[]
  readonly scan: PodScan
  /** Undefined: kubelets were not asked. */
  readonly kubelets: KubeletReading | undefined
  readonly config: ClusterConfig
  readonly ciliumNodes: ReadonlyMap<string, CiliumNodeFacts>
  readonly calico: CalicoFacts | undefined
  /** How the DaemonSet aws-node gives addresses; undefined: not there, or not readable. */
  readonly awsNode: EniMode | undefined
  readonly volumeLimits: ReadonlyMap<string, readonly VolumeLimit[]>
  /** What was not found out. */
  readonly missing: readonly MissingFact[]
}

export interface GatherOptions {
  signal: AbortSignal
  /** Those whose kubelets are asked; by default all. */
  isSelected: (node: NodeFacts) => boolean
  asksKubelets: boolean
  /** Kubelets are asked for the tasks that their machine can have, too. */
  asksTasks: boolean
  onPods: (pods: number) => void
}

/** Nodes alone, and which of them a selector matches. */
export async function listNodes(
  client: KubeClient,
  selector: string | undefined,
  signal: AbortSignal,
): Promise<{ nodes: readonly NodeFacts[]; matching: ReadonlySet<string> | undefined }> {
  const [nodes, matching] = await Promise.all([
    readNodes(client, signal),
    selector === undefined ? undefined : readNodeNames(client, selector, signal),
  ])
  return { nodes, matching }
}

/**
 * Reads what is to be known beside the nodes. Only pods have to be readable: what else is refused is noted as missing.
 * @throws ApiError when pods cannot be listed, ConnectionError, the signal's reason
 */
export async function gatherFacts(
  client: KubeClient,
  nodes: readonly NodeFacts[],
  { signal, isSelected, asksKubelets, asksTasks, onPods }: GatherOptions,
): Promise<ClusterFacts> {
  const missing: MissingFact[] = []
  const asked = nodes.filter((node) => node.hasKubelet && isSelected(node)).map(({ name }) => name)
  const [scan, kubelets, config, volumeLimits] = await Promise.all([
    scanPods(client, signal, onPods),
    asksKubelets ? readKubelets(client, asked, { asksTasks, signal }) : undefined,
    readClusterConfig(client, missing, signal),
    readVolumeLimits(client, missing, signal),
  ])
  const hasCilium = config.cilium !== undefined || scan.networks.has('cilium')
  const [ciliumNodes, calico, awsNode] = await Promise.all([
    hasCilium
      ? readIfAllowed(
          missing,
          { what: 'CiliumNodes', need: 'list ciliumnodes.cilium.io', tells: "each node's pod CIDR and free addresses" },
          () => readCiliumNodes(client, signal),
        )
      : undefined,
    scan.networks.has('calico-node')
      ? readIfAllowed(
          missing,
          {
            what: "Calico's pools and blocks",
            need: 'list ippools,blockaffinities,ipamconfigs.crd.projectcalico.org',
            tells: 'addresses for pods',
          },
          () => readCalico(client, signal),
        )
      : undefined,
    scan.networks.has('aws-node')
      ? readIfAllowed(
          missing,
          {
            what: 'the DaemonSet aws-node',
            need: 'get daemonsets.apps in kube-system',
            tells: "addresses that the node's network interfaces have for pods",
          },
          () => readAwsNode(client, signal),
        )
      : undefined,
  ])
  return {
    nodes,
    scan,
    kubelets,
    config,
    ciliumNodes: ciliumNodes ?? new Map(),
    calico,
    awsNode,
    volumeLimits,
    // In one order, whichever answer came first.
    missing: missing.toSorted((a, b) => (a.what < b.what ? -1 : 1)),
  }
}

async function readClusterConfig(
  client: KubeClient,
  missing: MissingFact[],
  signal: AbortSignal,
): Promise<ClusterConfig> {
  const read = async (name: string, tells: string) => {
    const path = `/api/v1/namespaces/kube-system/configmaps/${name}`
    const need = 'get configmaps in kube-system'
    return readIfAllowed(missing, { what: `the ConfigMap ${name}`, need, tells }, async () => {
      const { data = {} } = await client.getJson<{ data?: Record<string, string> }>(path, { signal })
      return data
    })
  }
  const [kubelet, kubeadm, cilium] = await Promise.all([
    read('kubelet-config', 'what kubeadm gives to kubelets, where they cannot be asked'),
    read('kubeadm-config', 'the pod subnet, and the block of it that each node gets'),
    read('cilium-config', 'whether Cilium is there, and its IPAM mode'),
  ])
  const kubeletDefaults = kubelet === undefined ? undefined : readKubeletConfig(kubelet)
  return {
    ...(kubeletDefaults === undefined ? {} : { kubeletDefaults }),
    ...(kubeadm === undefined ? {} : readKubeadmConfig(kubeadm)),
    ...(cilium === undefined ? {} : { cilium: readCiliumConfig(cilium) }),
  }
}

async function readVolumeLimits(
  client: KubeClient,
  missing: MissingFact[],
  signal: AbortSignal,
): Promise<Map<string, VolumeLimit[]>> {
  const need = 'list csinodes.storage.k8s.io'
  const limits = await readIfAllowed(
    missing,
    { what: 'CSINodes', need, tells: 'how many volumes can be attached to each node' },
    () => readCsiNodes(client, signal),
  )
  if (limits === undefined || limits.size === 0) return new Map()
  const attached = await readIfAllowed(
    missing,
    {
      what: 'VolumeAttachments',
      need: 'list volumeattachments.storage.k8s.io',
      tells: 'how many volumes are attached to each node',
    },
    () => readAttachments(client, signal),
  )
  if (attached === undefined) return limits
  return new Map(
    [...limits].map(([node, drivers]) => [
      node,
      drivers.map((limit) => ({ ...limit, attached: attached.get(attachmentKey(node, limit.driver)) ?? 0 })),
    ]),
  )
}

interface DaemonSet {
  spec?: {
    template?: {
      spec?: { containers?: readonly { name: string; env?: readonly { name: string; value?: string }[] }[] }
    }
  }
}

async function readAwsNode(client: KubeClient, signal: AbortSignal): Promise<EniMode> {
  const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node'
  const { spec } = await client.getJson<DaemonSet>(path, { signal })
  const variables = (spec?.template?.spec?.containers ?? []).flatMap(({ env }) => env ?? [])
  const isTrue = (name: string) => variables.some((variable) => variable.name === name && variable.value === 'true')
  return {
    prefixDelegation: isTrue('ENABLE_PREFIX_DELEGATION'),
    unusedEnis: isTrue('AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG') ? 1 : 0,
  }
}
