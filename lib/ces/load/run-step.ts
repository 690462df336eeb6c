import { createPacer } from '../../run/pacer.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import type { LoadWork } from '../ces-plan.ts'
import type { CesSession } from '../session.ts'
import type { LoadStep } from './load-step.ts'
import { eventProgress, unsettled, untilSettled } from './settle.ts'

const CONCURRENCY = 50
const PROGRESS_MS = 100

/**
 * Makes the requests of a step at the pace of the run, and waits until what comes of them has come to rest.
 * @throws PerfError when that takes too long; ApiError when the API server refuses a request
 */
export async function runStep(session: CesSession, { perSecond }: LoadWork, step: LoadStep): Promise<void> {
  const { run, host, observation, signal } = session
  const window = observation.beginWindow()
  const startedMs = performance.now()
  let done = 0
  const tick = () =>
    host.onProgress({ phase: step.name, done, total: step.count, events: eventProgress(session, window) })
  const ticking = setInterval(tick, PROGRESS_MS)
  tick()
  try {
    await timedPhase(run.phases, step.name, async (facts) => {
      const pacer = createPacer(
        { perSecond, burst: 1, concurrency: CONCURRENCY, arrival: 'constant' },
        signal,
        Math.random,
      )
      try {
        for (const request of step.requests()) {
          await pacer.start(async () => {
            await request()
            done += 1
          })
        }
      } finally {
        // Also after an abort: what is under way may still make objects, and clean-up must come after it.
        await pacer.drain().catch(() => {})
        facts.count = done
      }
      await pacer.drain()
    })
    await timedPhase(run.phases, `${step.name}: settle`, async () => {
      const sinceMs = performance.now()
      await step.settle?.()
      await untilSettled(session, step, window, sinceMs)
    })
  } finally {
    clearInterval(ticking)
    run.steps.push({ name: step.name, startedMs, endedMs: performance.now(), window, ...unsettled(session) })
  }
}
