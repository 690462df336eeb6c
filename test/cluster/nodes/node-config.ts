import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { clusterAddresses, forwardedApiServer, imageRegistry } from '../addresses.ts'
import { certificateFile, keyFile } from '../certificates.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'
import { createUser } from '../credentials.ts'
import { kubeconfigFile } from '../kubeconfig-file.ts'
import { clusterCgroup } from './cgroups.ts'
import { sandboxImage } from './image-definitions.ts'
import type { RealNode } from './real-node.ts'

export const containerdSocket = '/run/containerd/containerd.sock'

/** Where a node with Cilium has its CNI plugins and their configuration; the usual places would be the machine's. */
export const ciliumCniFolders = { cniFolder: '/var/lib/cni/bin', cniConfigFolder: '/var/lib/cni/net.d' }

export function nodeFile(
  node: RealNode,
  name: 'containerd.toml' | 'kubelet.yaml' | 'kube-proxy.yaml' | 'ready',
): string {
  return join(node.folder, name)
}

/** Where containerd looks up which registry stands in for which. */
export function registryHostsFolder(node: RealNode): string {
  return join(node.folder, 'certs.d')
}

/** Writes all that the programs of a node read, its credentials included. */
export async function writeNodeConfig(state: ClusterState, node: RealNode, cniFolder: string): Promise<void> {
  const folder = clusterFolder(state.name)
  const server = forwardedApiServer(state.slot).url
  const kubelet = { user: `system:node:${node.name}`, groups: ['system:nodes'], hosts: [node.name, node.address] }
  await createUser(state, node.name, kubelet, server)
  await createUser(state, kubeProxyUser(node), { user: 'system:kube-proxy' }, server)
  const bridgeConfigFolder = join(node.folder, 'cni')
  const registryFolder = join(registryHostsFolder(node), '_default')
  await mkdir(bridgeConfigFolder, { recursive: true })
  await mkdir(registryFolder, { recursive: true })
  const containerd: ContainerdPlaces = {
    root: '/var/lib/containerd',
    state: '/run/containerd',
    socket: containerdSocket,
    cri: {
      // Cilium's agent brings its plugin and that plugin's configuration.
      ...(state.cilium ? ciliumCniFolders : { cniConfigFolder: bridgeConfigFolder, cniFolder }),
      registryHostsFolder: registryHostsFolder(node),
    },
  }
  await Promise.all([
    writeFile(nodeFile(node, 'containerd.toml'), containerdConfig(containerd)),
    writeFile(join(registryFolder, 'hosts.toml'), registryHosts(imageRegistry(state.slot).url)),
    writeFile(
      join(bridgeConfigFolder, '10-bridge.conflist'),
      JSON.stringify(cniConfig(node, state.mtuBytes), undefined, 2),
    ),
    writeFile(nodeFile(node, 'kubelet.yaml'), stringify(kubeletConfig(state, node, folder))),
    writeFile(nodeFile(node, 'kube-proxy.yaml'), stringify(kubeProxyConfig(state, node, folder))),
  ])
}

function kubeProxyUser(node: RealNode): string {
  return `${node.name}-kube-proxy`
}

/** The cgroup of a node, below the root of each hierarchy. */
export function nodeCgroup(state: ClusterState, node: RealNode): string {
  return `/${clusterCgroup(state.name)}/${node.name}`
}

/** Where a containerd keeps what; `cri` is for one that a kubelet talks to. */
export interface ContainerdPlaces {
  readonly root: string
  readonly state: string
  readonly socket: string
  readonly cri?: { readonly cniConfigFolder: string; readonly cniFolder: string; readonly registryHostsFolder: string }
}

export function containerdConfig({ root, state, socket, cri }: ContainerdPlaces): string {
  return `version = 2
root = "${root}"
state = "${state}"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"${cri === undefined ? ', "io.containerd.grpc.v1.cri"' : ''}
]
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${root}/opt"
${cri === undefined ? '' : criConfig(cri)}`
}

function criConfig({ cniConfigFolder, cniFolder, registryHostsFolder }: NonNullable<ContainerdPlaces['cri']>): string {
  return `[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE no process may lower its own score.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${cniFolder}"
    conf_dir = "${cniConfigFolder}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${registryHostsFolder}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`
}

/** `_default` stands for every registry that has no folder of its own: none is asked beyond this machine. */
export function registryHosts(url: string): string {
  return `server = "${url}"

[host."${url}"]
  capabilities = ["pull", "resolve"]
`
}

/** Of every family that the node's pods have. */
export function podCidrs(node: RealNode): string[] {
  return [node.podCidr, ...(node.ipv6 === undefined ? [] : [node.ipv6.podCidr])]
}

function cniConfig(node: RealNode, mtuBytes: number) {
  const bridge = {
    type: 'bridge',
    bridge: 'cni0',
    isGateway: true,
    // Pods are routed between the nodes: nothing has to hide their addresses.
    ipMasq: false,
    hairpinMode: true,
    mtu: mtuBytes,
    ipam: {
      type: 'host-local',
      dataDir: '/run/cni-ipam',
      ranges: podCidrs(node).map((subnet) => [{ subnet }]),
      routes: [{ dst: '0.0.0.0/0' }, ...(node.ipv6 === undefined ? [] : [{ dst: '::/0' }])],
    },
  }
  const portmap = { type: 'portmap', capabilities: { portMappings: true } }
  // Holds pods to the annotations kubernetes.io/ingress-bandwidth and egress-bandwidth.
  const bandwidth = { type: 'bandwidth', capabilities: { bandwidth: true } }
  return { cniVersion: '1.0.0', name: 'kubectl-perf', plugins: [bridge, portmap, bandwidth] }
}

function kubeletConfig(state: ClusterState, node: RealNode, folder: string) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificateFile(folder, 'ca') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: certificateFile(folder, node.name),
    tlsPrivateKeyFile: keyFile(folder, node.name),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: nodeCgroup(state, node),
    failCgroupV1: false,
    failSwapOn: false,
    maxPods: node.maxPods,
    registerWithTaints: node.taints,
    clusterDomain: 'cluster.local',
    clusterDNS: [clusterAddresses(state.slot).dnsAddress],
    resolvConf: '',
    readOnlyPort: 0,
    healthzBindAddress: '127.0.0.1',
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    // All nodes share the machine's disk and memory, which belong to others too.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    nodeStatusUpdateFrequency: '4s',
  }
}

function kubeProxyConfig(state: ClusterState, node: RealNode, folder: string) {
  const { nodeCidr, ipv6 } = clusterAddresses(state.slot)
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clusterCIDR: [nodeCidr, ...(state.dualStack ? [ipv6.cidr] : [])].join(),
    hostnameOverride: node.name,
    bindAddress: node.address,
    metricsBindAddress: '127.0.0.1:10249',
    healthzBindAddress: '127.0.0.1:10256',
    clientConnection: { kubeconfig: kubeconfigFile(folder, kubeProxyUser(node)) },
    // The connection tracking limits are the whole machine's.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    iptables: { minSyncPeriod: '1s' },
  }
}
