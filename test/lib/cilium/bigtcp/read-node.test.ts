import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { partsOf } from '../../../../lib/cilium/agents/script.ts'
import { bigTcpFindings, bigTcpOutcome } from '../../../../lib/cilium/bigtcp/bigtcp-findings.ts'
import { bigTcpMetrics } from '../../../../lib/cilium/bigtcp/bigtcp-metrics.ts'
import { readLinks } from '../../../../lib/cilium/bigtcp/links.ts'
import { BIG_TCP_SCRIPT, judgeNode } from '../../../../lib/cilium/bigtcp/read-node.ts'
import { bigStatus, replacementStatus } from './statuses.ts'

const agent = (node: string) => ({ node, namespace: 'kube-system', pod: `cilium-${node}` })
const config = {
  'enable-ipv4': 'true',
  'enable-ipv6': 'false',
  'enable-ipv4-big-tcp': 'true',
  'routing-mode': 'native',
}
const links = JSON.stringify([
  { ifname: 'eth0', gso_ipv4_max_size: 196608, gro_ipv4_max_size: 196608, tso_max_size: 524280, gso_max_size: 65536 },
  { ifname: 'lxc0123456789ab', gso_ipv4_max_size: 65536, gro_ipv4_max_size: 65536 },
])

function answer(status: object, more: Record<string, { text: string; exitCode: number }> = {}) {
  const part = (text: string) => ({ text, exitCode: 0 })
  const version =
    'Client: 1.18.11 abc 2026-01-01 go version go1.24.1 linux/amd64\nDaemon: 1.18.11 abc go version go1.24.1'
  return new Map(
    Object.entries({
      version: part(version),
      drivers: part('eth0 mlx5_core\n'),
      links: part(links),
      status: part(JSON.stringify(status)),
      ...more,
    }),
  )
}

test('an answer becomes a node with its device, its families and what is wrong', () => {
  const node = judgeNode(agent('a'), { kernel: '6.8.0', settings: config }, answer(bigStatus), [])
  expect(node).toMatchObject({
    node: 'a',
    pod: 'kube-system/cilium-a',
    version: '1.18.11',
    devices: [
      {
        name: 'eth0',
        driver: 'mlx5_core',
        tsoMaxBytes: 524280,
        ipv4: { gsoBytes: 196608, groBytes: 196608 },
        ipv6: { gsoBytes: 65536 },
      },
    ],
    families: [{ ipFamily: 4, state: 'partly-on' }],
    faults: [],
  })
  expect(bigTcpOutcome([node])).toBe('failed')
  const values = bigTcpMetrics([node]).map(({ name, labels, statistics }) => [name, { ...labels }, statistics.value])
  expect(values).toEqual([
    ['big_tcp_agent_size', { node: 'a', ip_family: '4', offload: 'gso' }, 196608],
    ['big_tcp_agent_size', { node: 'a', ip_family: '4', offload: 'gro' }, 196608],
    ['big_tcp_pod_interfaces', { node: 'a', ip_family: '4', size: 'big' }, 0],
    ['big_tcp_pod_interfaces', { node: 'a', ip_family: '4', size: 'small' }, 1],
    ['big_tcp_pod_interfaces', { node: 'a', ip_family: '4', size: 'unknown' }, 0],
    ['big_tcp_device_tso_max', { node: 'a', device: 'eth0' }, 524280],
    ['big_tcp_device_size', { node: 'a', device: 'eth0', ip_family: '4', offload: 'gso' }, 196608],
    ['big_tcp_device_size', { node: 'a', device: 'eth0', ip_family: '4', offload: 'gro' }, 196608],
    ['big_tcp_device_size', { node: 'a', device: 'eth0', ip_family: '6', offload: 'gso' }, 65536],
    ['big_tcp_nodes', { ip_family: '4', state: 'on' }, 0],
    ['big_tcp_nodes', { ip_family: '4', state: 'partly-on' }, 1],
    ['big_tcp_nodes', { ip_family: '4', state: 'no-gain' }, 0],
    ['big_tcp_nodes', { ip_family: '4', state: 'off' }, 0],
    ['big_tcp_nodes', { ip_family: '4', state: 'unknown' }, 0],
  ])
})

test('what one part does not say is said, and the others still count', () => {
  const silent = answer(bigStatus, {
    links: { text: 'sh: ip: not found', exitCode: 127 },
    status: { text: 'Error: Cannot get status: dial unix\nmore', exitCode: 1 },
  })
  const node = judgeNode(agent('a'), { settings: config }, silent, [])
  expect(node.faults).toEqual([
    'the status of the agent cannot be read: Error: Cannot get status: dial unix',
    'ip does not tell the interfaces: sh: ip: not found',
  ])
  expect(node.families).toMatchObject([{ state: 'unknown', isWanted: true }])
  expect(bigTcpOutcome([node])).toBe('no-data')
  // That no interface was read is not that there is none.
  expect(node.families[0]).not.toHaveProperty('pods')
  expect(bigTcpMetrics([node]).map(({ name }) => name)).not.toContain('big_tcp_pod_interfaces')
})

test('off by choice is no fault; the same fault of several nodes is one finding', () => {
  const { 'enable-ipv4-big-tcp': _, ...plain } = config
  const byChoice = judgeNode(agent('a'), { kernel: '6.8.0', settings: plain }, answer(replacementStatus), [])
  expect([bigTcpOutcome([byChoice]), bigTcpFindings([byChoice])]).toEqual(['passed', []])
  const nodes = ['b', 'c', 'd', 'e'].map((name) =>
    judgeNode(agent(name), { kernel: '6.8.0', settings: config }, answer(replacementStatus), []),
  )
  expect(bigTcpFindings([byChoice, ...nodes])).toEqual([
    {
      severity: 'error',
      code: 'BigTcpOff',
      message:
        'b, c, d and 1 more: BIG TCP for IPv4: cilium-config asks for it (enable-ipv4-big-tcp), and the agent runs without it',
      advice: 'restart the agent: it reads cilium-config when it starts',
      objects: ['b', 'c', 'd', 'e'],
      count: 4,
    },
  ])
  const dead = judgeNode(agent('f'), {}, new Map(), ['the agent does not run: Pending'])
  expect(bigTcpOutcome([byChoice, dead])).toBe('no-data')
  expect(bigTcpFindings([dead])[0]).toMatchObject({
    code: 'NotReadable',
    message: 'f: the agent does not run: Pending',
  })
})

/** Runs the script beside an agent's tool that is this shell script. */
async function runScript(tool: string) {
  const folder = await mkdtemp(join(tmpdir(), 'bigtcp-'))
  try {
    await writeFile(join(folder, 'cilium-dbg'), `#!/bin/sh\n${tool}\n`, { mode: 0o755 })
    const environment = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    return partsOf(execFileSync('sh', ['-c', BIG_TCP_SCRIPT, 'sh', '5'], { encoding: 'utf8', env: environment }))
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('the script frames what it finds', async () => {
  // Says what it was asked, and on the other stream what is no part of the answer.
  const parts = await runScript('echo "$@"; echo warning >&2')
  expect([...parts].map(([name, { exitCode }]) => [name, exitCode])).toEqual([
    ['version', 0],
    ['drivers', 0],
    ['links', 0],
    ['status', 0],
  ])
  expect([parts.get('version')?.text, parts.get('status')?.text]).toEqual(['version', 'status -o json'])
  expect(readLinks(parts.get('links')?.text ?? '')).toContainEqual(expect.objectContaining({ name: 'lo' }))
})

test('an agent that does not answer its own tool yet: the reason is the tool’s', async () => {
  const parts = await runScript(
    'echo "Get \\"http://localhost/v1/healthz\\": no such file" >&2; echo "Is the agent running?" >&2; exit 3',
  )
  expect(parts.get('status')?.exitCode).toBe(3)
  expect(judgeNode(agent('a'), {}, parts, []).faults).toEqual([
    'the status of the agent cannot be read: Get "http://localhost/v1/healthz": no such file',
  ])
})
