import { expect, test } from 'vitest'
import { defaultEngine, engines } from '../../../../lib/netperf/engines/engines.ts'
import type { Mode, Protocol } from '../../../../lib/netperf/test-case.ts'
import { testCase } from '../test-case-example.ts'
import { outcomes, recordedFiles } from './recorded.ts'

test('each engine stands under its own name', () => {
  for (const [name, engine] of Object.entries(engines)) expect(engine.name).toBe(name)
})

test('the default engine of a test does not refuse it', () => {
  const wanted: [Protocol, Mode, string][] = [
    ['tcp', 'stream', 'iperf3'],
    ['udp', 'stream', 'iperf3'],
    ['tcp', 'rr', 'netperf'],
    ['tcp', 'crr', 'netperf'],
    ['http', 'stream', 'fortio'],
    ['grpc', 'stream', 'fortio'],
  ]
  for (const [protocol, mode, name] of wanted) {
    expect(defaultEngine({ protocol, mode })).toBe(name)
    expect(engines[defaultEngine({ protocol, mode })].refuses(testCase({ protocol, mode }))).toBeUndefined()
  }
})

test('every recorded output belongs to a run that is described', () => {
  const files = recordedFiles().filter((file) => file !== 'outcomes.json' && file !== 'README.md')
  for (const file of files) expect(Object.keys(outcomes)).toContain(file.replace(/\.(?:json|txt)$/, ''))
  expect(files.length).toBeGreaterThan(150)
})
