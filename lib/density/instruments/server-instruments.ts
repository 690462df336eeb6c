import { observeScheduler } from '../../workload/control-plane/scheduler-observer.ts'
import { observeServer } from '../../workload/control-plane/server-metrics-observer.ts'
import { sampleNodeUsage } from '../../workload/nodes/node-usage-sampler.ts'
import type { StartInstrument } from './instrument.ts'

/** What the API server itself counted while the load ran, from two scrapes of its /metrics. */
export const measureServer: StartInstrument = ({ client, signal }) => observeServer(client, signal)

/** What the scheduler itself counted while the load ran, where its /metrics can be reached. */
export const measureScheduler: StartInstrument = ({ client, signal }) => observeScheduler(client, signal)

/** CPU and memory of the nodes before the load, at their peak under it, and at its end. */
export const measureNodeUsage: StartInstrument = ({ client, signal }) => sampleNodeUsage(client, signal)
