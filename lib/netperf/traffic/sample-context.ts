import type { Engine } from '../engines/engine.ts'
import type { Arrangement } from '../pods/arrangement.ts'
import type { Restarts } from '../pods/pod-fault.ts'
import type { Ways } from '../pods/ways.ts'
import type { ServerCounters } from '../server-counters.ts'
import type { NetperfSession } from '../session.ts'
import type { TestCase } from '../test-case.ts'

/** What the samples of a run have in common. */
export interface Traffic {
  readonly arrangement: Arrangement
  readonly ways: Ways
  readonly restarts: Restarts
  /** Of the servers' containers that have a shell, by pod and engine: `POD ENGINE`. */
  readonly counters: ReadonlyMap<string, ServerCounters>
  /** Pairs that did not get going at the second try either, `TEST PAIR`: the others need not try again for them. */
  readonly stuck: Set<string>
}

/** One sample of one test. */
export interface SampleContext {
  readonly session: NetperfSession
  readonly traffic: Traffic
  readonly test: number
  readonly testCase: TestCase
  readonly engine: Engine
  readonly sample: number
}
