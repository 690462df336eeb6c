import { sampleFigures } from '../../lib/netperf/assessment/figures/sample-figures.ts'
import { describeTest } from '../../lib/netperf/matrix/test-matrix.ts'
import type { NetperfPlan } from '../../lib/netperf/netperf-plan.ts'
import type { NetperfProgress, NetperfRun, PairSample } from '../../lib/netperf/netperf-run.ts'
import { metricDefinition } from '../../lib/record/catalogue/metric-catalogue.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import { scale } from '../../lib/report/scale.ts'
import type { Clock } from '../command.ts'
import type { Progress } from '../progress.ts'
import type { Estimate } from './estimate.ts'
import { faultWords } from './fault-words.ts'

/** So often the remaining time is told anew. */
const REFRESH_MS = 1000
/** So many reasons of waiting pods fit in a line. */
const MOST_REASONS = 3

type Plan = Pick<NetperfPlan, 'tests' | 'samples'>

/** Tells how far a run is: on a terminal in one line that changes, elsewhere a line for each phase. */
export function followProgress(
  progress: Progress,
  plan: Plan,
  { trafficSeconds }: Pick<Estimate, 'trafficSeconds'>,
  clock: Clock,
) {
  let state: NetperfProgress | undefined
  let sampleSinceMs = 0
  let lastFigure = ''
  const show = () => {
    if (state === undefined) return
    const { total, done } = state
    const leftSeconds = trafficSeconds * (1 - done / Math.max(1, total)) - (clock.monotonicMs() - sampleSinceMs) / 1000
    progress.update(describeProgress(state, plan, { lastFigure, remainingSeconds: leftSeconds }))
  }
  const timer = setInterval(show, REFRESH_MS)
  timer.unref()
  return {
    onProgress(next: NetperfProgress): void {
      const isNew = next.phase !== state?.phase
      if (isNew || next.done !== state?.done) sampleSinceMs = clock.monotonicMs()
      state = next
      if (isNew) progress.step(describePhase(next, plan))
      show()
    },
    onSample(sample: PairSample, run: NetperfRun): void {
      const [main] = sampleFigures(sample, run)
      if (main !== undefined) lastFigure = scale(main.value, metricDefinition(main.metric).unit)
      else if (sample.result.kind === 'failed') lastFigure = faultWords(sample.result.fault.code)
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

/** What stays where nothing can change. */
function describePhase({ phase, total }: NetperfProgress, { tests, samples }: Plan): string {
  if (phase !== 'traffic') return total > 1 ? `${phase} (${total})` : phase
  return `traffic (${tests.length} ${tests.length === 1 ? 'test' : 'tests'} × ${samples})`
}

/** `test 1/2 tcp over pod   sample 2/5   last 16.9 Gbit/s   about 1m10s left`. */
export function describeProgress(
  { phase, total, done, traffic, waiting }: NetperfProgress,
  { tests, samples }: Plan,
  { lastFigure, remainingSeconds }: { lastFigure: string; remainingSeconds: number },
): string {
  if (traffic === undefined) {
    const left = waiting === undefined || waiting.size === 0 ? [] : [`waiting: ${describeWaiting(waiting)}`]
    return [`${phase} ${done}/${total}`, ...left].join('   ')
  }
  const test = tests[traffic.test]
  return [
    `test ${traffic.test + 1}/${tests.length}${test === undefined ? '' : ` ${describeTest(test)}`}`,
    `sample ${traffic.sample + 1}/${samples}`,
    ...(traffic.pairs > 1 ? [`${traffic.pairs} pairs`] : []),
    ...(traffic.pass === 'measure' ? [] : [traffic.pass]),
    ...(lastFigure === '' ? [] : [`last ${lastFigure}`]),
    ...(remainingSeconds >= 1 ? [`about ${formatDuration(Math.ceil(remainingSeconds) * 1000)} left`] : []),
  ].join('   ')
}

/** `ContainerCreating 4, Unschedulable 1`, the most frequent first. */
function describeWaiting(waiting: ReadonlyMap<string, number>): string {
  const reasons = [...waiting].sort(([, a], [, b]) => b - a)
  const named = reasons.slice(0, MOST_REASONS).map(([reason, count]) => `${reason} ${count}`)
  return `${named.join(', ')}${reasons.length > MOST_REASONS ? ', …' : ''}`
}
