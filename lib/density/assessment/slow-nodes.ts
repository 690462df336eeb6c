import type { SlowNode } from '../../record/details/density-details.ts'
import type { Finding } from '../../record/run-record.ts'
import { mannWhitney } from '../../stats/mann-whitney.ts'
import type { DensityRun } from '../density-run.ts'
import { eventsOfPods, type MeasuredPod, measuredPods } from './measured-pods.ts'
import { STEPS, type Step } from './pod-steps.ts'

/** How likely a run on equal nodes is to name one at most, all comparisons of the run taken together. */
const SIGNIFICANCE = 0.01
/** What is significant but smaller matters to nobody. */
const LEAST_RATIO = 2
const LEAST_EXCESS_SECONDS = 0.25
/**
 * Kubelets look at their containers once a second, each at a moment of its own, and write the status then: the pods of a
 * short burst share that luck, so that a step which ends on the status differs by up to a second between equal nodes.
 */
const STATUS_PERIOD_SECONDS = 1

/** Steps that pass on a node: which node a pod gets is decided only in the first one. */
const NODE_STEPS = STEPS.filter((step) => step !== 'scheduled')

const TOLD_BY_EVENTS: ReadonlySet<Step> = new Set<Step>(['sandboxReady', 'imagePulled', 'started'])

/** The slow nodes of a run, the worst first. */
export function findSlowNodes(run: DensityRun): SlowNode[] {
  const pods = measuredPods(run)
  const eventsOf = eventsOfPods(run)
  const isTold = pods.every(({ pod }) => eventsOf(pod)?.startedMs !== undefined)
  return slowNodes(pods, (step) => isTold && TOLD_BY_EVENTS.has(step))
}

/**
 * Nodes on which a step takes longer than on the others: the Mann–Whitney U test of each node's pods against all others,
 * one-sided, with Bonferroni's correction for all nodes and steps; only where the medians differ by enough to matter, and
 * only of nodes whose pods take that much longer altogether: what one step loses another may gain, and the pods of a
 * burst stand in each other's way, so that chance moves a single step of equal nodes further apart than the test knows.
 * @param isExact whether a step's end is known from events and not only from the status of the pod
 */
export function slowNodes(pods: readonly MeasuredPod[], isExact: (step: Step) => boolean): SlowNode[] {
  const nodes = [...new Set(pods.flatMap(({ pod }) => pod.node ?? []))]
  if (nodes.length < 2) return []
  const totals = valuesOf(pods, ({ steps }) => NODE_STEPS.reduce((sum, step) => sum + (steps[step] ?? 0), 0))
  const suspects = nodes.filter((node) => {
    const { here, elsewhere } = split(totals, node)
    return isMuchMore(median(here), median(elsewhere), STATUS_PERIOD_SECONDS)
  })
  const steps = NODE_STEPS.filter((step) => pods.some(({ steps }) => steps[step] !== undefined))
  const comparisons = nodes.length * steps.length
  const slow = steps.flatMap((step) => {
    const values = valuesOf(pods, ({ steps }) => steps[step] ?? 0)
    const least = isExact(step) ? LEAST_EXCESS_SECONDS : STATUS_PERIOD_SECONDS
    return suspects.flatMap((node) => {
      const { here, elsewhere } = split(values, node)
      const medianSeconds = median(here)
      const elsewhereSeconds = median(elsewhere)
      if (!isMuchMore(medianSeconds, elsewhereSeconds, least)) return []
      const p = Math.min(1, mannWhitney(here, elsewhere).pGreater * comparisons)
      if (p > SIGNIFICANCE) return []
      const counts = { pods: here.length, elsewherePods: elsewhere.length }
      return [{ node, step, medianSeconds, elsewhereSeconds, ...counts, p }]
    })
  })
  return slow.sort((a, b) => excess(b) - excess(a))
}

function isMuchMore(seconds: number, usual: number, leastExcess: number): boolean {
  return seconds - usual >= leastExcess && seconds >= LEAST_RATIO * usual
}

interface Value {
  node: string
  seconds: number
}

/** In ascending order. */
function valuesOf(pods: readonly MeasuredPod[], secondsOf: (pod: MeasuredPod) => number): Value[] {
  const values = pods.flatMap((measured) => {
    const { node } = measured.pod
    return node === undefined ? [] : [{ node, seconds: secondsOf(measured) }]
  })
  return values.sort((a, b) => a.seconds - b.seconds)
}

function split(values: readonly Value[], node: string): { here: number[]; elsewhere: number[] } {
  const here: number[] = []
  const elsewhere: number[] = []
  for (const value of values) (value.node === node ? here : elsewhere).push(value.seconds)
  return { here, elsewhere }
}

/** By nearest rank; sorting anew for each of very many nodes would take long. */
function median(ascending: readonly number[]): number {
  return ascending[Math.ceil(ascending.length / 2) - 1] ?? Number.NaN
}

const WORDS: Readonly<Record<Step, string>> = {
  scheduled: 'scheduling',
  sandboxReady: 'sandbox and network',
  imagePulled: 'pulling the image',
  initialized: 'init containers',
  started: 'starting the containers',
  ready: 'getting ready',
}

/** One finding for each node, with the evidence for every step that is slow there, the worst first. */
export function slowNodeFindings(slow: readonly SlowNode[]): Finding[] {
  return [...Map.groupBy(slow, ({ node }) => node)].map(([node, steps]) => ({
    severity: 'warning',
    code: 'SlowNode',
    message: `node ${node} is slow: ${steps.map(describe).join('; ')}`,
    advice: `kubectl describe node ${node}, and its kubelet's and runtime's logs`,
    objects: [node],
    ...(steps[0] === undefined ? {} : { count: steps[0].pods }),
  }))
}

function describe({ step, medianSeconds, elsewhereSeconds, pods, elsewherePods, p }: SlowNode): string {
  const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)}s`
  const chance = p < 0.0001 ? 'p<0.0001' : `p=${p.toFixed(4)}`
  return `${WORDS[step]} takes ${seconds(medianSeconds)} (median of ${pods} pods) against ${seconds(elsewhereSeconds)} elsewhere (${elsewherePods} pods), ${chance}`
}

function excess({ medianSeconds, elsewhereSeconds }: SlowNode): number {
  return medianSeconds - elsewhereSeconds
}
