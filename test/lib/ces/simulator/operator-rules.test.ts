import { expect, test } from 'vitest'
import { operatorRules } from '../../../../lib/ces/simulator/operator-rules.ts'

const STEPS =
  '[{"nodes":0,"limit":10,"burst":20},{"nodes":100,"limit":60,"burst":120},{"nodes":500,"limit":5,"burst":10}]'
const rules = (minor: number | undefined, flags: Record<string, string> = {}, nodes = 0) =>
  operatorRules({ minor, flags, nodes })

test('defaults by version: identities up to 1.17, delays that are shared up to 1.16', () => {
  const common = { sliceSize: 100, perSecond: 10, burst: 20, syncDelayMs: 500 }
  expect(rules(15)).toEqual({ ...common, sliceMode: 'identity', delays: 'together' })
  expect(rules(16)).toEqual({ ...common, sliceMode: 'identity', delays: 'together' })
  expect(rules(17)).toEqual({ ...common, sliceMode: 'identity', delays: 'each' })
  expect(rules(18)).toEqual({ ...common, sliceMode: 'fcfs', delays: 'each' })
  expect(rules(undefined)).toEqual(rules(20))
})

test('up to 1.15 the rate is a flag, capped, and 0 means the default of the queue', () => {
  const rate = (limit: string, burst: string) => {
    const { perSecond, burst: most } = rules(15, { 'ces-write-qps-limit': limit, 'ces-write-qps-burst': burst })
    return [perSecond, most]
  }
  expect(rate('20', '40')).toEqual([20, 40])
  expect(rate('500', '500')).toEqual([50, 100])
  expect(rate('0', '0')).toEqual([10, 100])
})

test('from 1.16 on the rate is the step that the number of nodes has reached; the cap is gone in 1.19', () => {
  const at = (minor: number, nodes: number) => {
    const { perSecond, burst } = rules(minor, { 'ces-rate-limits': STEPS, 'ces-write-qps-limit': '33' }, nodes)
    return [perSecond, burst]
  }
  expect(at(16, 0)).toEqual([10, 20])
  expect(at(16, 99)).toEqual([10, 20])
  expect(at(18, 100)).toEqual([50, 100])
  expect(at(19, 100)).toEqual([60, 120])
  expect(at(19, 9000)).toEqual([5, 10])
  const later = rules(19, { 'ces-rate-limits': '[{"nodes":50,"limit":3,"burst":4}]' }, 1)
  expect([later.perSecond, later.burst]).toEqual([3, 4])
})

test('the slice mode has other words in 1.17 and no meaning from 1.18 on', () => {
  const mode = (minor: number, word: string) => rules(minor, { 'ces-slice-mode': word }).sliceMode
  expect(mode(15, 'cesSliceModeFCFS')).toBe('fcfs')
  expect(mode(15, 'identity')).toBe('fcfs')
  expect(mode(17, 'identity')).toBe('identity')
  expect(mode(17, 'cesSliceModeIdentity')).toBe('identity')
  expect(mode(17, 'fcfs')).toBe('fcfs')
  expect(mode(18, 'identity')).toBe('fcfs')
})

test('settings that make no sense are said by name', () => {
  expect(() => rules(18, { 'ces-rate-limits': '{"nodes":0}' })).toThrow(
    'ces-rate-limits is no list of steps: {"nodes":0}',
  )
  expect(() => rules(18, { 'ces-rate-limits': '[{"nodes":"x"}]' })).toThrow('ces-rate-limits is no list of steps')
  expect(() => rules(18, { 'ces-rate-limits': '[]' })).toThrow('ces-rate-limits has no step')
  expect(() => rules(18, { 'ces-max-ciliumendpoints-per-ces': 'many' })).toThrow(
    'ces-max-ciliumendpoints-per-ces is no number: many',
  )
})
