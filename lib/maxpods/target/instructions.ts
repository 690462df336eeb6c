import type { NodeReport } from '../assessment/node-report.ts'
import type { ClusterFacts } from '../facts/gather-facts.ts'
import { AKS_MOST_PODS, GKE_MOST_PODS, gkeMask } from '../limits/provider-limit.ts'
import type { TargetSettings } from './node-changes.ts'

/** Lines to put somewhere, or commands to run, in their order. */
export interface Instruction {
  /** `kubelet configuration file`. */
  readonly title: string
  /** Where the lines go. */
  readonly where: string
  readonly lines: readonly string[]
  /** What makes them take effect. */
  readonly afterwards: readonly string[]
}

/** By who runs the node: exact lines for the tools of each. maxPods last: until then no pod comes that lacks an address. */
export function instructionsFor(
  pods: number,
  report: NodeReport,
  settings: TargetSettings,
  facts: Pick<ClusterFacts, 'config' | 'scan'>,
): Instruction[] {
  const { provider, hasKubelet } = report.node
  if (!hasKubelet) return []
  if (provider === 'eks') return [...awsAddresses(settings), ...ciliumBlock(report, settings), ...eksNodes(settings)]
  if (provider === 'gke') return [gkePool(pods)]
  if (provider === 'aks') return [aksPool(pods)]
  const byKubeadm = provider === 'kubeadm' || facts.config.kubeletDefaults !== undefined
  return [
    kernel(settings),
    ...podCidr(report, settings, byKubeadm),
    ...ciliumBlock(report, settings),
    ...(byKubeadm ? kubeadm(settings) : []),
    ...kubeletFile(settings, byKubeadm),
  ]
}

function kubeletLines(settings: TargetSettings): string[] {
  const { maxPods, dropsPodsPerCore, podPidsLimit, kubeReserved, parallelPulls, apiRate } = settings
  return [
    ...(maxPods === undefined ? [] : [`maxPods: ${maxPods}`]),
    ...(dropsPodsPerCore ? ['podsPerCore: 0'] : []),
    ...(podPidsLimit === undefined ? [] : [`podPidsLimit: ${podPidsLimit}`]),
    ...(kubeReserved === undefined
      ? []
      : [
          'kubeReserved:',
          `  cpu: ${kubeReserved.cpuMillis}m`,
          `  memory: ${kubeReserved.memoryMebibytes}Mi`,
          `  ephemeral-storage: ${kubeReserved.ephemeralStorage}`,
        ]),
    ...(parallelPulls === undefined ? [] : ['serializeImagePulls: false', `maxParallelImagePulls: ${parallelPulls}`]),
    ...(apiRate === undefined ? [] : [`kubeAPIQPS: ${apiRate.qps}`, `kubeAPIBurst: ${apiRate.burst}`]),
  ]
}

function kubeletFile(settings: TargetSettings, byKubeadm: boolean): Instruction[] {
  const lines = kubeletLines(settings)
  if (lines.length === 0) return []
  return [
    {
      title: byKubeadm ? 'or one node by itself: kubelet configuration file' : 'kubelet configuration file',
      where: '/var/lib/kubelet/config.yaml on each node (or the file that its --config names)',
      lines,
      afterwards: ['systemctl restart kubelet'],
    },
  ]
}

function kubeadm(settings: TargetSettings): Instruction[] {
  const lines = kubeletLines(settings)
  if (lines.length === 0) return []
  return [
    {
      title: 'kubeadm',
      where: 'kubectl edit configmap kubelet-config -n kube-system, below "kubelet: |"',
      lines: lines.map((line) => `    ${line}`),
      afterwards: ['on each node: kubeadm upgrade node phase kubelet-config && systemctl restart kubelet'],
    },
  ]
}

/** Where the block of each node comes from the controller manager, whoever gives out its addresses. */
function podCidr({ addresses }: NodeReport, { block }: TargetSettings, byKubeadm: boolean): Instruction[] {
  const isOfNode = addresses?.limit?.name === 'pod CIDR' || addresses?.ipam === 'Cilium kubernetes'
  if (block === undefined || !isOfNode) return []
  return [
    {
      title: 'pod CIDR: node by node, since the block of a node never changes',
      where: byKubeadm
        ? '/etc/kubernetes/manifests/kube-controller-manager.yaml on each control-plane node'
        : 'the command line of kube-controller-manager',
      lines: [`    - --node-cidr-mask-size=${block.comfortable}`],
      afterwards: [
        `kubectl drain NODE --ignore-daemonsets --delete-emptydir-data`,
        `kubectl delete node NODE`,
        byKubeadm ? 'on the node: kubeadm reset, then kubeadm join again' : 'on the node: join the cluster again',
      ],
    },
  ]
}

function ciliumBlock({ addresses }: NodeReport, { block }: TargetSettings): Instruction[] {
  if (block === undefined || addresses?.limit?.name !== 'Cilium IPAM' || addresses.ipam === 'Cilium kubernetes')
    return []
  return [
    {
      title: 'Cilium: nodes that join from then on get the larger block',
      where: "Helm values of Cilium (the operator's --cluster-pool-ipv4-mask-size)",
      lines: ['ipam:', '  operator:', `    clusterPoolIPv4MaskSize: ${block.comfortable}`],
      afterwards: [
        'helm upgrade cilium cilium/cilium -n kube-system --reuse-values -f VALUES.yaml',
        `replace the nodes one by one: kubectl drain NODE --ignore-daemonsets --delete-emptydir-data, then a new one`,
      ],
    },
  ]
}

function kernel({ pidMax }: TargetSettings): Instruction {
  return {
    title: 'kernel',
    where: '/etc/sysctl.d/90-pods.conf on each node',
    lines: [
      ...(pidMax === undefined ? [] : [`kernel.pid_max = ${pidMax}`, `kernel.threads-max = ${pidMax}`]),
      'fs.inotify.max_user_instances = 8192',
    ],
    afterwards: ['sysctl --system'],
  }
}

function eksNodes(settings: TargetSettings): Instruction[] {
  // nodeadm reckons kubeReserved from maxPods by itself, by the same formula.
  const { kubeReserved: _, ...own } = settings
  const lines = kubeletLines(own)
  if (lines.length === 0) return []
  return [
    {
      title: 'EKS nodeadm',
      where: "NodeConfig in the user data of the nodes' launch template",
      lines: [
        'apiVersion: node.eks.aws/v1alpha1',
        'kind: NodeConfig',
        'spec:',
        '  kubelet:',
        '    config:',
        ...lines.map((line) => `      ${line}`),
      ],
      afterwards: ['new nodes get it: replace the nodes of the node group (kubeReserved follows maxPods by itself)'],
    },
  ]
}

function awsAddresses({ prefixDelegation }: TargetSettings): Instruction[] {
  if (!prefixDelegation) return []
  return [
    {
      title: 'AWS VPC CNI: prefixes of 16 addresses',
      where: 'the DaemonSet aws-node (or the configuration of the vpc-cni add-on)',
      lines: ['kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true WARM_PREFIX_TARGET=1'],
      afterwards: ['new nodes get it: replace the nodes of the node group'],
    },
  ]
}

function gkePool(pods: number): Instruction {
  const most = Math.min(pods, GKE_MOST_PODS)
  return {
    title: 'GKE: a new node pool, since the figure of a pool never changes',
    where: `a shell with gcloud (each node takes a /${gkeMask(most)} of the pod range)`,
    lines: [
      `gcloud container node-pools create NEW-POOL --cluster=CLUSTER --location=LOCATION --max-pods-per-node=${most}`,
    ],
    afterwards: ['kubectl drain each node of the old pool, then gcloud container node-pools delete OLD-POOL'],
  }
}

function aksPool(pods: number): Instruction {
  const most = Math.min(pods, AKS_MOST_PODS)
  return {
    title: 'AKS: a new node pool, since the figure of a pool never changes',
    where: 'a shell with az',
    lines: [`az aks nodepool add --resource-group GROUP --cluster-name CLUSTER --name NEWPOOL --max-pods ${most}`],
    afterwards: ['kubectl drain each node of the old pool, then az aks nodepool delete --name OLDPOOL …'],
  }
}
