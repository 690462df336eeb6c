import fc from 'fast-check'
import { expect, test } from 'vitest'
import { didArrive, didArriveWhole, largestThatArrives } from '../../../../lib/netperf/facts/path-mtu.ts'

test('the interface is mostly the answer: one try', async () => {
  const tried: number[] = []
  const found = await largestThatArrives({ smallest: 576, most: 1500 }, async (bytes) => {
    tried.push(bytes)
    return true
  })
  expect({ found, tried }).toEqual({ found: 1500, tried: [1500] })
})

test('otherwise exactly the largest that arrives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 576, max: 8999 }), async (mtu) => {
      expect(await largestThatArrives({ smallest: 576, most: 9000 }, async (bytes) => bytes <= mtu)).toBe(mtu)
    }),
  )
})

test('datagrams that a busy node lost now and then make no size too large', async () => {
  let tries = 0
  const found = await largestThatArrives({ smallest: 576, most: 1500 }, async (bytes) => {
    tries += 1
    return bytes <= 1450 && tries % 3 === 0
  })
  expect(found).toBe(1450)
})

test('a server that was busy with somebody else says nothing of a size', async () => {
  expect(
    await largestThatArrives({ smallest: 576, most: 1500 }, async (bytes) =>
      bytes === 1500 ? false : bytes < 600 || undefined,
    ),
  ).toBe(undefined)
})

test('nothing arrives, or nobody knows', async () => {
  expect(await largestThatArrives({ smallest: 576, most: 1500 }, async () => false)).toBeUndefined()
  expect(await largestThatArrives({ smallest: 576, most: 1500 }, async () => undefined)).toBeUndefined()
})

test.each([
  ['{"end":{"sum_received":{"packets":4,"lost_packets":0}}}', true],
  ['{"end":{"sum_received":{"packets":5,"lost_packets":5}}}', false],
  ['{"end":{"sum_received":{"packets":0}}}', false],
  ['{"error":"unable to write to stream socket: Message too long","end":{}}', false],
  ['{"error":"the server is busy running a test. try again later","end":{}}', undefined],
  ['{"end":{}}', undefined],
  ['', undefined],
])('%s', (stdout, expected) => {
  expect(didArrive(stdout)).toBe(expected)
})

test('every link carries 1280 bytes of IPv6: nothing smaller is tried', async () => {
  const tried: number[] = []
  const found = await largestThatArrives({ smallest: 1280, most: 1500 }, async (bytes) => {
    tried.push(bytes)
    return bytes <= 1280
  })
  expect(found).toBe(1280)
  expect(Math.min(...tried)).toBe(1280)
})

test('what its sender has cut into pieces did not arrive whole', () => {
  const received = '{"end":{"sum_received":{"packets":4,"lost_packets":0}}}'
  expect(didArriveWhole(received, 'kubectl-perf: pieces 0\n')).toBe(true)
  expect(didArriveWhole(received, 'kubectl-perf: pieces 8\n')).toBe(false)
  expect(didArriveWhole(received, 'sh: iperf3: not found\n')).toBe(undefined)
  expect(didArriveWhole('{"end":{"sum_received":{"packets":0}}}', 'kubectl-perf: pieces 0\n')).toBe(false)
})
