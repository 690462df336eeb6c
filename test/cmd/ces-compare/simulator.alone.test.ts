import { expect, test } from 'vitest'
import { startControlPlane } from '../../cluster/control-plane.ts'
import { compare } from './records.ts'
import { untilCrdsAreOld } from './until-crds-are-old.ts'

// The simulator beside Cilium's own operator, with the same changes of 3,000 endpoints.

const MOST_OFF = 0.1
/** An API server and an operator that wait for a CPU are slower than their rules say. */
const NOISY = { retry: 2, timeout: 900_000 }

test('events and bytes of create, churn and delete are within 10 % of what the operator writes', NOISY, async () => {
  const cluster = await startControlPlane({ ciliumOperator: true, cesWritesPerSecond: 20 })
  try {
    await untilCrdsAreOld(cluster)
    const load = ['--endpoints', '3000', '--label-updates', '0', '--churn', '10', '--rate', '100', '--yes']
    const { details } = await compare(cluster, 0, [...load, '--timeout', '5m'])
    expect(details.steps.map(({ name }) => name)).toEqual(['create', 'churn', 'delete'])
    for (const { name, ces, simulated } of details.steps) {
      const { events, bytes } = simulated ?? { events: Number.NaN, bytes: Number.NaN }
      const off = { events: events / ces.events - 1, bytes: bytes / ces.bytes - 1 }
      expect(Math.abs(off.events), `events of ${name}`).toBeLessThanOrEqual(MOST_OFF)
      expect(Math.abs(off.bytes), `bytes of ${name}`).toBeLessThanOrEqual(MOST_OFF)
    }
  } finally {
    await cluster[Symbol.asyncDispose]()
  }
})
