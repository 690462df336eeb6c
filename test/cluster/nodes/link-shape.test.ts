import { expect, test } from 'vitest'
import { checkLinkShape, parseRate, parseRatio, queueDiscipline, switchRules } from './link-shape.ts'

test('a rate counts what the wire carries beyond the frame', () => {
  // 1514 of 1538 bytes.
  expect(queueDiscipline({ rateBitsPerSecond: 1e9 }, 'to', 1500)).toBe(
    'tbf rate 984395319bit burst 246099 latency 20ms',
  )
  expect(queueDiscipline({ rateBitsPerSecond: 1e8 }, 'from', 1500)).toBe(
    'tbf rate 98439532bit burst 65536 latency 20ms',
  )
  expect(queueDiscipline({ rateBitsPerSecond: 1e9 }, 'to', 9000)).toBe(
    'tbf rate 997344545bit burst 249337 latency 20ms',
  )
})

test('without a rate, or in the other direction, there is no queue', () => {
  expect(queueDiscipline({ lossRatio: 0.01 }, 'to', 1500)).toBe('noqueue')
  expect(queueDiscipline({ rateBitsPerSecond: 1e9, direction: 'from' }, 'to', 1500)).toBe('noqueue')
  expect(queueDiscipline({ rateBitsPerSecond: 1e9, direction: 'both' }, 'to', 1500)).toMatch(/^tbf /)
})

test('the rules leave the link to this machine alone', () => {
  const shapes = {
    'node-a': { lossRatio: 0.01, direction: 'to' as const },
    'node-b': { mtuBytes: 1400, blockedPorts: ['tcp/5201', 'udp/5201-5400'] },
    'node-c': { rateBitsPerSecond: 1e9 },
  }
  expect(switchRules(shapes)).toBe(`add table bridge links
delete table bridge links
table bridge links {
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname != "host" oifname "node-a" ether type { ip, ip6 } numgen random mod 1000000 < 10000 counter drop
    iifname != "host" oifname "node-b" tcp dport 5201 counter drop
    iifname != "host" oifname "node-b" udp dport 5201-5400 counter drop
    iifname != "host" oifname "node-b" ether type { ip, ip6 } meta length > 1400 counter drop
    iifname "node-b" oifname != "host" tcp dport 5201 counter drop
    iifname "node-b" oifname != "host" udp dport 5201-5400 counter drop
    iifname "node-b" oifname != "host" ether type { ip, ip6 } meta length > 1400 counter drop
  }
}
`)
})

test.each([
  [1, '    iifname != "host" oifname "node-a" ether type { ip, ip6 } counter drop\n'],
  [0, ''],
])('a loss of %s needs no dice', (lossRatio, rule) => {
  const rules = switchRules({ 'node-a': { lossRatio, direction: 'to' } })
  expect(rules).toContain(`policy accept;\n${rule}  }\n`)
})

test('reads rates and shares as people write them', () => {
  expect([parseRate('1G'), parseRate('100M'), parseRate('2.5Gbit/s')]).toEqual([1e9, 1e8, 2.5e9])
  expect([parseRatio('1%'), parseRatio('0.5%'), parseRatio('0.25')]).toEqual([0.01, 0.005, 0.25])
})

test.each([
  () => parseRate('fast'),
  () => parseRate('1X'),
  () => parseRate('-1G'),
  () => parseRatio('1G'),
  () => checkLinkShape({ rateBitsPerSecond: 1000 }),
  () => checkLinkShape({ rateBitsPerSecond: Number.NaN }),
  () => checkLinkShape({ lossRatio: 1.5 }),
  () => checkLinkShape({ mtuBytes: 10 }),
  () => checkLinkShape({ blockedPorts: ['5201'] }),
  () => checkLinkShape({ blockedPorts: ['tcp/5201; drop'] }),
])('refuses %s', (action) => {
  expect(action).toThrow(expect.objectContaining({ name: 'UsageError' }))
})
