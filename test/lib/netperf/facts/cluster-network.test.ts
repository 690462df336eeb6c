import { expect, test } from 'vitest'
import {
  encapsulationOf,
  encryptionOf,
  kubeProxyModeOf,
  readClusterNetwork,
} from '../../../../lib/netperf/facts/cluster-network.ts'
import { answeringClient, refusal } from '../../workload/answering-client.ts'

const both = new Set([4, 6] as const)
const config = (text: string) => ({ data: { 'config.conf': text } })

test.each([
  ['iptables by default', config('apiVersion: x\nmode: ""\nnodePortAddresses: null\n'), undefined, 'iptables'],
  ['unset', config('kind: KubeProxyConfiguration\n'), undefined, 'iptables'],
  ['ipvs', config('ipvs:\n  strictARP: true\nmode: ipvs\n'), undefined, 'ipvs'],
  ['nftables', config("mode: 'nftables'\n"), undefined, 'nftables'],
  ['replaced', config('mode: ipvs\n'), { 'kube-proxy-replacement': 'true' }, 'cilium'],
  ['beside Cilium', config('mode: ipvs\n'), { 'kube-proxy-replacement': 'false' }, 'ipvs'],
  ['unknown', undefined, undefined, undefined],
])('kube-proxy: %s', (_, proxy, cilium, expected) => {
  expect(kubeProxyModeOf(proxy, cilium)).toBe(expected)
})

test.each([
  [{ 'enable-wireguard': 'true' }, undefined, 'wireguard'],
  [{ 'enable-ipsec': 'true' }, undefined, 'ipsec'],
  [{}, undefined, 'none'],
  [undefined, { items: [{ spec: { wireguardEnabled: true } }] }, 'wireguard'],
  [undefined, { items: [{}] }, 'none'],
  [undefined, undefined, undefined],
])('encryption of %j and %j', (cilium, felix, expected) => {
  expect(encryptionOf(cilium, felix, both)).toBe(expected)
})

test("Calico's tunnels and encryption are those of the measured IP family", () => {
  const felix = { items: [{ spec: { wireguardEnabled: true, wireguardEnabledV6: false } }] }
  const pools = {
    items: [
      { spec: { cidr: '10.48.0.0/16', vxlanMode: 'Never', ipipMode: 'Always' } },
      { spec: { cidr: 'fd00:48::/64', vxlanMode: 'Never', ipipMode: 'Never' } },
    ],
  }
  const facts = (...families: (4 | 6)[]) => [
    encryptionOf(undefined, felix, new Set(families)),
    encapsulationOf(undefined, pools, new Set(families)),
  ]
  expect(facts(4)).toEqual(['wireguard', 'ipip'])
  expect(facts(6)).toEqual(['none', 'none'])
  expect(facts(4, 6)).toEqual(['wireguard', 'ipip'])
})

test.each([
  [{ 'routing-mode': 'native' }, undefined, 'none'],
  [{ tunnel: 'disabled' }, undefined, 'none'],
  [{ tunnel: 'geneve' }, undefined, 'geneve'],
  [{ 'routing-mode': 'tunnel', 'tunnel-protocol': 'geneve' }, undefined, 'geneve'],
  [{}, undefined, 'vxlan'],
  [undefined, { items: [{ spec: { vxlanMode: 'Never', ipipMode: 'Always' } }] }, 'ipip'],
  [undefined, { items: [{ spec: { vxlanMode: 'CrossSubnet', ipipMode: 'Never' } }] }, 'vxlan'],
  [undefined, { items: [{ spec: { vxlanMode: 'Never', ipipMode: 'Never' } }] }, 'none'],
  [undefined, { items: [{ spec: { vxlanMode: 'Always', disabled: true } }] }, undefined],
  [undefined, undefined, undefined],
])('encapsulation of %j and %j', (cilium, pools, expected) => {
  expect(encapsulationOf(cilium, pools, both)).toBe(expected)
})

test('what may not be read, or is not there, is not known', async () => {
  const client = answeringClient((path) => {
    if (path.endsWith('/kube-proxy')) return config('mode: ipvs\n')
    throw refusal(path.endsWith('/cilium-config') ? 403 : 404)
  })
  expect(await readClusterNetwork(client, both, new AbortController().signal)).toEqual({ kubeProxyMode: 'ipvs' })
})
