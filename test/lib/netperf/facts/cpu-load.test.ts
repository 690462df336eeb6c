import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { cpuLoadOf } from '../../../../lib/netperf/facts/cpu-load.ts'
import { CLIENT_SCRIPT } from '../../../../lib/netperf/traffic/shell-scripts.ts'

const marked = (...lines: string[]) => lines.map((line) => `kubectl-perf: ${line}\n`).join('')

test('shares of the time between the readings: of the node, of its busiest core, of the pod', () => {
  const stderr = marked(
    'before uptime 1000.50',
    'before cpu 1000 0 500 8000 100 0 50 0 0 0',
    'before cpu0 500 0 250 4000 50 0 25 0 0 0',
    'before cpu1 500 0 250 4000 50 0 25 0 0 0',
    'before waited_usec 1000000',
    'before usage_usec 5000000',
    'ready',
    'after uptime 1010.50',
    'after cpu 1400 0 900 9000 200 0 150 0 0 0',
    'after cpu0 500 0 260 4900 140 0 25 0 0 0',
    'after cpu1 900 0 640 4100 60 0 125 0 0 0',
    'after waited_usec 3500000',
    'after usage_usec 14000000',
  )
  expect(cpuLoadOf(stderr)).toEqual({
    seconds: 10,
    podSeconds: 9,
    podWaitSeconds: 2.5,
    // 1,100 of 2,000 ticks are idle or wait for disks; of the second core 110 of 1,000.
    nodeBusy: expect.closeTo(0.45, 12),
    busiestCore: expect.closeTo(0.89, 12),
  })
})

test('datagrams that found a socket full, of both families', () => {
  const udp = marked(
    'before uptime 1',
    'before udp InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors',
    'before udp 900 0 30 50 20 0 10',
    'after uptime 3',
    'after udp InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors',
    'after udp 1900 0 80 50 62 0 18',
  )
  expect(cpuLoadOf(udp)).toEqual({ seconds: 2, socketDrops: 42 })
  expect(cpuLoadOf(udp + marked('before udp6_drops 1', 'after udp6_drops 8'))).toEqual({ seconds: 2, socketDrops: 49 })
})

test('what cannot be read is absent, and without the time there is nothing', () => {
  expect(cpuLoadOf(marked('before uptime 1', 'after uptime 3'))).toEqual({ seconds: 2 })
  expect(cpuLoadOf(marked('before uptime 1', 'after uptime 3', 'after usage_usec 7'))).toEqual({ seconds: 2 })
  expect(cpuLoadOf(marked('before usage_usec 1', 'after usage_usec 3'))).toBeUndefined()
  expect(cpuLoadOf(marked('before uptime 3', 'after uptime 3'))).toBeUndefined()
  expect(cpuLoadOf('')).toBeUndefined()
})

test.each([['sh'], ['bash']])('%s reads the counters around a tool that keeps a core busy', (shell) => {
  const spin = 'end=$(($(date +%s) + 2)); while [ $(date +%s) -lt $end ]; do :; done'
  const { status, stderr } = spawnSync(shell, ['-c', CLIENT_SCRIPT, 'sh', 'sh', '-c', spin], {
    input: '\n',
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  const load = cpuLoadOf(stderr)
  expect(load?.seconds).toBeGreaterThan(0.5)
  expect(load?.nodeBusy).toBeGreaterThan(0)
  // The kernel cuts each core's counters and their sum to hundredths of a second.
  expect(load?.busiestCore).toBeGreaterThan((load?.nodeBusy ?? 1) - 0.02)
  expect(load?.busiestCore).toBeLessThanOrEqual(1)
})
