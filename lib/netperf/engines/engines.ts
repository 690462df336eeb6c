import type { EngineName, TestCase } from '../test-case.ts'
import type { Engine } from './engine.ts'
import { fortio } from './fortio/fortio.ts'
import { iperf2 } from './iperf2/iperf2.ts'
import { iperf3 } from './iperf3/iperf3.ts'
import { netperf } from './netperf/netperf.ts'
import { siege } from './siege/siege.ts'

export const engines: Readonly<Record<EngineName, Engine>> = { iperf3, iperf2, netperf, fortio, siege }

/** The engine for a test when nobody names one: the first of those that do it best. */
export function defaultEngine({ protocol, mode }: Pick<TestCase, 'protocol' | 'mode'>): EngineName {
  if (protocol === 'http' || protocol === 'grpc') return 'fortio'
  return mode === 'stream' ? 'iperf3' : 'netperf'
}
