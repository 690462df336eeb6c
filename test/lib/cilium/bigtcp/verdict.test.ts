import { describe, expect, test } from 'vitest'
import { readAgentStatus } from '../../../../lib/cilium/bigtcp/agent-status.ts'
import type { BigTcpFacts } from '../../../../lib/cilium/bigtcp/blockers.ts'
import type { Link } from '../../../../lib/cilium/bigtcp/links.ts'
import { familiesOf, judgeFamily } from '../../../../lib/cilium/bigtcp/verdict.ts'
import { bigStatus, kubeProxyStatus, replacementStatus, tunnelStatus } from './statuses.ts'

const link = (name: string, bytes: number, more: Partial<Link> = {}): Link => ({
  name,
  ipv4: { gsoBytes: bytes, groBytes: bytes },
  ipv6: { gsoBytes: 65536, groBytes: 65536 },
  ...more,
})

const pod = (index: number, bytes: number) => link(`lxc00000000000${index}`.slice(0, 15), bytes)

function facts(status: object, more: Partial<BigTcpFacts> = {}): BigTcpFacts {
  const read = readAgentStatus(JSON.stringify(status))
  if (read === undefined) throw new Error('a status')
  return { kernel: '6.8.0-45-generic', minor: 18, drivers: new Map([['eth0', 'mlx5_core']]), status: read, ...more }
}

const asked = { 'enable-ipv4-big-tcp': 'true', 'routing-mode': 'native' }

test('on: packets of that size on the device and on all pods', () => {
  const links = [link('eth0', 196608, { tsoMaxBytes: 524280 }), pod(1, 196608), pod(2, 196608)]
  expect(judgeFamily(facts(bigStatus, { links, config: asked }), 4)).toEqual({
    ipFamily: 4,
    isWanted: true,
    state: 'on',
    reason: 'packets of up to 196608 bytes',
    agent: { enabled: true, gsoBytes: 196608, groBytes: 196608 },
    pods: { big: 2, small: 0, unknown: 0 },
    blockers: [],
  })
})

test("on by the agent's word where ip is too old to tell sizes", () => {
  const links = [link('eth0', 196608, { ipv4: {} }), { ...pod(1, 0), ipv4: {} }]
  const judged = judgeFamily(facts(bigStatus, { links }), 4)
  expect(judged).toMatchObject({ state: 'on', pods: { big: 0, small: 0, unknown: 1 } })
  expect(judged.reason).toMatch(/^packets of up to 196608 bytes by the agent's word/)
})

test('partly on: pods that were there before keep their small interfaces', () => {
  const links = [link('eth0', 196608), pod(1, 65536), pod(2, 196608), pod(3, 65536)]
  expect(judgeFamily(facts(bigStatus, { links }), 4)).toMatchObject({
    state: 'partly-on',
    reason: '2 of 3 pod interfaces are of before, with at most 65536 bytes',
    advice: expect.stringMatching(/^restart these pods/),
  })
})

describe('Enabled [65536] is no gain', () => {
  const status = { ...bigStatus, 'ipv4-big-tcp': { enabled: true, maxGRO: 65536, maxGSO: 65536 } }

  test('because of the driver', () => {
    const links = [link('eth0', 65536, { tsoMaxBytes: 65536 })]
    expect(judgeFamily(facts(status, { links, drivers: new Map([['eth0', 'virtio_net']]) }), 4)).toMatchObject({
      state: 'no-gain',
      isWanted: true,
      reason:
        'enabled with 65536 bytes, which all have without it: device eth0 (driver virtio_net) takes at most 65536 bytes',
    })
  })

  test('because of the kernel, unless it shows that it can', () => {
    const old = { kernel: '5.15.0-105-generic', links: [link('eth0', 0, { ipv4: {} })] }
    expect(judgeFamily(facts(status, old), 4).reason).toBe(
      'enabled with 65536 bytes, which all have without it: kernel 5.15.0-105-generic is older than 6.3',
    )
    const patched = { kernel: '5.14.0-503.el9.x86_64', links: [link('eth0', 65536)] }
    expect(judgeFamily(facts(status, patched), 4).blockers).toEqual([])
  })

  test('for a reason that only the log of the agent has', () => {
    expect(judgeFamily(facts(status, { links: [link('eth0', 65536)] }), 4).reason).toMatch(/its log says why/)
  })

  test('and so is a device that somebody has changed since', () => {
    const links = [link('eth0', 65536), pod(1, 196608)]
    expect(judgeFamily(facts(bigStatus, { links }), 4)).toMatchObject({
      state: 'no-gain',
      reason: 'the agent says 196608 bytes, and device eth0 has 65536',
    })
  })
})

describe('off', () => {
  test('by choice, and nothing in the way', () => {
    expect(judgeFamily(facts(replacementStatus, { config: { 'routing-mode': 'native' } }), 4)).toMatchObject({
      state: 'off',
      isWanted: false,
      reason: 'not enabled',
      advice: 'enableIPv4BIGTCP: true in the Helm values, then restart agents and pods',
      blockers: [],
    })
  })

  test('with all that is in the way, and the values that change it', () => {
    const judged = judgeFamily(facts(tunnelStatus, { minor: 18 }), 4)
    expect(judged.blockers.map(({ code }) => code)).toEqual([
      'Tunnel',
      'Encryption',
      'KubeProxyReplacement',
      'Masquerade',
    ])
    expect(judged.reason).toBe(
      'not enabled, and could not be: routing through a tunnel (vxlan), encryption by WireGuard (from Cilium 1.19 on it does not matter), kube-proxy is not replaced, iptables masquerades',
    )
    expect(judged.advice).toBe(
      'routingMode: native, encryption.enabled: false, kubeProxyReplacement: true, bpf.masquerade: true, enableIPv4BIGTCP: true',
    )
  })

  test('asked for in cilium-config, and not taken', () => {
    expect(judgeFamily(facts(replacementStatus, { config: asked }), 4)).toMatchObject({
      state: 'off',
      isWanted: true,
      reason: 'cilium-config asks for it (enable-ipv4-big-tcp), and the agent runs without it',
      advice: 'restart the agent: it reads cilium-config when it starts',
    })
    expect(judgeFamily(facts(kubeProxyStatus, { config: asked }), 4)).toMatchObject({
      isWanted: true,
      reason: 'cilium-config asks for it (enable-ipv4-big-tcp), and it cannot be: kube-proxy is not replaced',
    })
  })

  test('what no Helm value changes has no advice', () => {
    const judged = judgeFamily(facts(replacementStatus, { kernel: '5.10.0-34-amd64' }), 6)
    expect(judged.reason).toBe('not enabled, and could not be: kernel 5.10.0-34-amd64 is older than 5.19')
    expect(judged).not.toHaveProperty('advice')
  })
})

test('blockers by version: WireGuard up to 1.18, netkit up to 1.15, DSR dispatch from 1.19 on', () => {
  const codes = (minor: number, status: object, config: Record<string, string> = {}) =>
    judgeFamily(facts(status, { minor, config: { 'routing-mode': 'native', ...config } }), 4).blockers.map(
      ({ code }) => code,
    )
  const wireguard = { ...replacementStatus, encryption: { mode: 'Wireguard' } }
  expect(codes(18, wireguard)).toEqual(['Encryption'])
  expect(codes(19, wireguard)).toEqual([])
  expect(codes(20, { ...replacementStatus, encryption: { mode: 'IPsec' } })).toEqual(['Encryption'])
  const netkit = { ...replacementStatus, 'datapath-mode': 'netkit' }
  expect(codes(15, netkit)).toEqual(['DatapathMode'])
  expect(codes(18, netkit)).toEqual([])
  expect(codes(18, replacementStatus, { 'bpf-lb-dsr-dispatch': 'geneve' })).toEqual([])
  expect(codes(19, replacementStatus, { 'bpf-lb-dsr-dispatch': 'geneve' })).toEqual(['DsrDispatch'])
  const legacy = { ...replacementStatus, 'host-routing': { mode: 'Legacy' } }
  expect(codes(18, legacy)).toEqual(['HostRouting'])
})

test('before 1.16 only cilium-config tells of tunnels, in the words of its version', () => {
  const tunnel = (config: Record<string, string>) =>
    judgeFamily(facts(replacementStatus, { minor: 15, config }), 4).blockers.map(({ text }) => text)
  expect(tunnel({ 'routing-mode': 'tunnel', 'tunnel-protocol': 'geneve' })).toEqual([
    'routing through a tunnel (geneve)',
  ])
  expect(tunnel({ tunnel: 'vxlan' })).toEqual(['routing through a tunnel (vxlan)'])
  expect(tunnel({ tunnel: 'disabled' })).toEqual([])
  expect(tunnel({ 'routing-mode': 'native' })).toEqual([])
})

test('unknown where the agent says nothing', () => {
  const drivers = new Map<string, string>()
  expect(judgeFamily({ drivers }, 4)).toMatchObject({ state: 'unknown', reason: 'the agent does not answer' })
  const { 'ipv4-big-tcp': _, ...silent } = replacementStatus
  expect(judgeFamily(facts(silent), 4)).toMatchObject({ state: 'unknown', reason: 'this agent does not tell' })
})

test('families are those that Cilium speaks', () => {
  expect(familiesOf({ config: { 'enable-ipv4': 'true', 'enable-ipv6': 'false' } })).toEqual([4])
  expect(familiesOf({ config: { 'enable-ipv4': 'false', 'enable-ipv6': 'true' } })).toEqual([6])
  expect(familiesOf({})).toEqual([4, 6])
})

test('a status that is none', () => {
  for (const text of ['', 'Error: cannot get status', '[]', 'null', '{"cilium":']) {
    expect(readAgentStatus(text)).toBeUndefined()
  }
})
