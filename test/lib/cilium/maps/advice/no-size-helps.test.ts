import { expect, test } from 'vitest'
import { whereNoSizeHelps } from '../../../../../lib/cilium/maps/advice/no-size-helps.ts'
import type { AgentReading } from '../../../../../lib/record/cilium-figures.ts'
import { readingOf } from '../recorded.ts'

const dropping = (reason: string, kernel: string, state: 'busy' | 'full' = 'busy'): AgentReading => ({
  ...readingOf(state),
  kernel,
  drops: [{ reason, direction: 'EGRESS', packets: 17 }],
})

test('source ports that run out', () => {
  const agent = { ...readingOf('nat'), sourcePorts: [{ family: 'ipv4', share: 0.93 }] }
  expect(whereNoSizeHelps([agent])).toEqual([
    {
      maps: ['snat_v4_external'],
      nodes: ['node-a'],
      helps: false,
      reason:
        'the busiest egress address of node-a uses 93% of its source ports towards one remote end: a larger NAT table does not give more ports',
      alternatives: [
        'more egress addresses (egress gateway), or connections that are kept and shared instead of new ones',
      ],
    },
  ])
  expect(whereNoSizeHelps([{ ...agent, sourcePorts: [{ family: 'ipv4', share: 0.2 }] }])).toEqual([])
})

test('no port was free for masquerading', () => {
  expect(whereNoSizeHelps([dropping('No mapping for NAT masquerade', '6.18.5')])[0]?.reason).toBe(
    '17 packets dropped on node-a with "No mapping for NAT masquerade": no source port was free, which a larger NAT table does not change',
  )
})

test.each([
  ['5.15.0-91-generic', 1],
  ['6.8.0', 1],
  ['6.15.0', 0],
  ['7.0.1', 0],
  ['', 0],
])('insertions that failed while there is room, on kernel %j: %d', (kernel, expected) => {
  expect(whereNoSizeHelps([dropping('CT: Map insertion failed', kernel)])).toHaveLength(expected)
})

test('insertions that failed in a table that is full are another thing', () => {
  expect(whereNoSizeHelps([dropping('CT: Map insertion failed', '5.15.0', 'full')])).toEqual([])
})
