import { clusterAddresses, forwardedApiServer } from '../addresses.ts'
import type { ClusterState } from '../cluster-folder.ts'
import { ciliumCniFolders } from '../nodes/node-config.ts'
import { sliceSettings } from './operator.ts'

/** So few entries that a test can fill them. */
const smallMaps = { ctTcpMax: 1024, ctAnyMax: 1024, natMax: 1024, lbMapMax: 256, policyMapMax: 256 }

/** Whether Cilium stands in for kube-proxy on the nodes of this cluster. */
export function replacesKubeProxy(state: ClusterState): boolean {
  return state.ciliumValues.kubeProxyReplacement !== 'false'
}

/** The values of Cilium's Helm chart that a node of the rig needs, or that keep tests quick; `state.ciliumValues` come on top. */
export function chartValues(state: ClusterState): Record<string, unknown> {
  const { address, port } = forwardedApiServer(state.slot)
  const isNative = (state.ciliumValues.routingMode ?? 'native') === 'native'
  const kubeProxyReplacement = replacesKubeProxy(state)
  const probe = { failureThreshold: 300, periodSeconds: 1 }
  return {
    // Before Cilium runs there is nobody to serve the address of the `kubernetes` Service.
    k8sServiceHost: address,
    k8sServicePort: port,
    ipam: { mode: 'kubernetes' },
    routingMode: 'native',
    autoDirectNodeRoutes: isNative,
    ipv4NativeRoutingCIDR: clusterAddresses(state.slot).nodeCidr,
    kubeProxyReplacement: String(kubeProxyReplacement),
    bpf: {
      masquerade: kubeProxyReplacement,
      preallocateMaps: false,
      ...(state.ciliumMaps === 'small' ? smallMaps : {}),
    },
    enableCiliumEndpointSlice: true,
    devices: 'eth0',
    cni: { binPath: ciliumCniFolders.cniFolder, confPath: ciliumCniFolders.cniConfigFolder },
    // The rig has no Envoy, and no program that looks after these on its own.
    l7Proxy: false,
    envoy: { enabled: false },
    hubble: { enabled: false },
    healthChecking: false,
    endpointHealthChecking: { enabled: false },
    sysctlfix: { enabled: false },
    // The node's own cgroup: what the chart would mount is the whole machine's.
    cgroup: { autoMount: { enabled: false }, hostRoot: '/run/cilium/cgroupv2' },
    affinity: realNodesOnly,
    securityContext: { capabilities: agentCapabilities },
    // Ready when it works, not half a minute later.
    startupProbe: probe,
    readinessProbe: { failureThreshold: 3, periodSeconds: 2 },
    prometheus: { enabled: true },
    extraConfig: { 'conntrack-gc-interval': '10s' },
    operator: {
      replicas: 1,
      affinity: realNodesOnly,
      prometheus: { enabled: true },
      extraArgs: Object.entries(sliceSettings(state)).map(([name, value]) => `--${name}=${value}`),
    },
  }
}

/** The chart tolerates every taint, that of fake nodes too. */
const realNodesOnly = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'type', operator: 'NotIn', values: ['kwok'] }] }],
    },
  },
}

/**
 * The chart's, with the two into which newer kernels have split what SYS_ADMIN lets do with BPF, and without SYS_RESOURCE, which
 * this machine may not have to give.
 */
const agentCapabilities = {
  ciliumAgent:
    'CHOWN KILL NET_ADMIN NET_RAW IPC_LOCK SYS_MODULE SYS_ADMIN BPF PERFMON DAC_OVERRIDE FOWNER SETGID SETUID'.split(
      ' ',
    ),
  cleanCiliumState: ['NET_ADMIN', 'SYS_MODULE', 'SYS_ADMIN'],
}
