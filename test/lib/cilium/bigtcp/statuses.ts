// What agents answer to `cilium-dbg status -o json`, cut to what says something of BIG TCP. The first two were recorded from
// Cilium 1.15.19, with kube-proxy and in its place; the others follow api/v1/models of 1.18 and 1.20.

const devices = {
  deviceList: [{ ip: ['', '', '10.100.0.11', 'fe80::9463:73ff:fed3:572c'], name: 'eth0' }],
  devices: ['eth0'],
  directRoutingDevice: 'eth0',
}

export const kubeProxyStatus = {
  encryption: { mode: 'Disabled' },
  'host-routing': { mode: 'Legacy' },
  'ipv4-big-tcp': { maxGRO: 65536, maxGSO: 65536 },
  'ipv6-big-tcp': { maxGRO: 65536, maxGSO: 65536 },
  'kube-proxy-replacement': { ...devices, features: {}, mode: 'False' },
  masquerading: { enabledProtocols: {} },
}

export const replacementStatus = {
  encryption: { mode: 'Disabled' },
  'host-routing': { mode: 'BPF' },
  'ipv4-big-tcp': { maxGRO: 65536, maxGSO: 65536 },
  'ipv6-big-tcp': { maxGRO: 65536, maxGSO: 65536 },
  'kube-proxy-replacement': { ...devices, features: { nodePort: { enabled: true, mode: 'SNAT' } }, mode: 'True' },
  masquerading: { enabled: true, enabledProtocols: { ipv4: true }, mode: 'BPF' },
}

export const bigStatus = {
  ...replacementStatus,
  'datapath-mode': 'veth',
  'host-routing': undefined,
  'ipv4-big-tcp': { enabled: true, maxGRO: 196608, maxGSO: 196608 },
  'ipv6-big-tcp': { maxGRO: 65536, maxGSO: 65536 },
  routing: { 'inter-host-routing-mode': 'Native', 'intra-host-routing-mode': 'BPF' },
}

export const tunnelStatus = {
  ...kubeProxyStatus,
  'host-routing': undefined,
  routing: {
    'inter-host-routing-mode': 'Tunnel',
    'intra-host-routing-mode': 'Legacy',
    'tunnel-protocol': 'vxlan',
  },
  masquerading: { enabled: true, enabledProtocols: { ipv4: true }, mode: 'iptables' },
  encryption: { mode: 'Wireguard' },
}
