// Keys that charts had once. Which versions have them is in the key table; here is what took their place. Sources: the
// charts' values.yaml, templates/validate.yaml and upgrade notes, 1.14 to 1.20.

export interface ReplacedKey {
  /** Of the key itself, or of the map above it where all of it went. */
  readonly path: string
  /** What to set instead, in the newest version. */
  readonly by?: string
  /** The first minor version whose chart refuses the key instead of ignoring it. */
  readonly refusedSince?: number
  /** Refused only where the value counts as true: templates test most of them with `if`. */
  readonly refusedIfTrue?: boolean
  /** The first minor version in which the chart itself, or its documentation, asks to use the other key. */
  readonly deprecatedSince?: number
  /** Also where the value is off, which elsewhere is the chart's default. */
  readonly evenIfOff?: boolean
  /** Gone before the oldest chart that the table knows. */
  readonly isOlder?: boolean
}

const refused = (refusedSince: number, path: string, by?: string): ReplacedKey => ({
  path,
  refusedSince,
  refusedIfTrue: true,
  ...(by === undefined ? {} : { by }),
})
const gone = (path: string, by?: string): ReplacedKey => ({ path, ...(by === undefined ? {} : { by }) })
const old = (path: string, by: string): ReplacedKey => ({ path, by, isOlder: true })

export const REPLACED_KEYS: readonly ReplacedKey[] = [
  {
    path: 'tunnel',
    by: 'routingMode: native for "disabled", else tunnelProtocol: vxlan or geneve',
    refusedSince: 15,
    refusedIfTrue: true,
    deprecatedSince: 14,
  },
  refused(15, 'clustermesh.apiserver.tls.ca.cert', 'tls.ca.cert'),
  refused(15, 'clustermesh.apiserver.tls.ca.key', 'tls.ca.key'),
  refused(15, 'enableK8sEventHandover'),
  refused(15, 'enableCnpStatusUpdates'),
  refused(16, 'encryption.keyFile', 'encryption.ipsec.keyFile'),
  refused(16, 'encryption.mountPath', 'encryption.ipsec.mountPath'),
  refused(16, 'encryption.secretName', 'encryption.ipsec.secretName'),
  refused(16, 'encryption.interface', 'encryption.ipsec.interface'),
  { path: 'proxy.prometheus.enabled', by: 'envoy.prometheus.enabled', refusedSince: 16 },
  { path: 'proxy.prometheus.port', by: 'envoy.prometheus.port', refusedSince: 16 },
  refused(16, 'endpointStatus'),
  refused(16, 'remoteNodeIdentity'),
  refused(16, 'containerRuntime.integration'),
  refused(16, 'etcd.managed'),
  {
    path: 'enableCiliumEndpointSlice',
    by: 'ciliumEndpointSlice.enabled',
    refusedSince: 18,
    refusedIfTrue: true,
    deprecatedSince: 16,
  },
  { path: 'localRedirectPolicy', by: 'localRedirectPolicies.enabled', deprecatedSince: 18 },
  refused(18, 'ciliumEndpointSlice.sliceMode'),
  gone('bgp', 'bgpControlPlane.enabled'),
  gone('externalIPs.enabled', 'kubeProxyReplacement: true'),
  gone('hostPort.enabled', 'kubeProxyReplacement: true'),
  gone('nodePort.enabled', 'kubeProxyReplacement: true'),
  gone('sessionAffinity', 'kubeProxyReplacement: true'),
  gone('svcSourceRangeCheck', 'kubeProxyReplacement: true'),
  gone('l2podAnnouncements.interface', 'l2podAnnouncements.interfacePattern'),
  gone('ipam.operator.clusterPoolIPv4PodCIDR', 'ipam.operator.clusterPoolIPv4PodCIDRList'),
  gone('ipam.operator.clusterPoolIPv6PodCIDR', 'ipam.operator.clusterPoolIPv6PodCIDRList'),
  gone('clustermesh.enableMCSAPISupport', 'clustermesh.mcsapi.enabled'),
  gone('encryption.strictMode.enabled', 'encryption.strictMode.egress.enabled'),
  gone('encryption.strictMode.cidr', 'encryption.strictMode.egress.cidr'),
  gone('encryption.strictMode.allowRemoteNodeIdentities', 'encryption.strictMode.egress.allowRemoteNodeIdentities'),
  {
    path: 'hubble.export.fileMaxSizeMb',
    by: 'hubble.export.static.fileMaxSizeMb',
    deprecatedSince: 18,
    evenIfOff: true,
  },
  {
    path: 'hubble.export.fileMaxBackups',
    by: 'hubble.export.static.fileMaxBackups',
    deprecatedSince: 18,
    evenIfOff: true,
  },
  { path: 'hubble.export.fileCompress', by: 'hubble.export.static.fileCompress', deprecatedSince: 18, evenIfOff: true },
  old('hostServices.enabled', 'socketLB.enabled'),
  old('hostServices.hostNamespaceOnly', 'socketLB.hostNamespaceOnly'),
  old('nativeRoutingCIDR', 'ipv4NativeRoutingCIDR'),
  old('masquerade', 'enableIPv4Masquerade'),
  old('operator.numReplicas', 'operator.replicas'),
  old('nodePort.mode', 'loadBalancer.mode'),
  old('nodePort.acceleration', 'loadBalancer.acceleration'),
  old('hubble.tls.ca.cert', 'tls.ca.cert'),
  old('hubble.tls.ca.key', 'tls.ca.key'),
]
