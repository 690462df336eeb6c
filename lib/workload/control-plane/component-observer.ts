import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { TEXT_FORMAT } from '../../kube/scrape.ts'
import type { Exposition } from '../../prometheus/exposition/exposition.ts'
import { parseExposition } from '../../prometheus/exposition/parse-exposition.ts'
import { processStart } from '../../prometheus/figures/subtract.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { type Component, type ComponentPod, findComponentPods } from './component-pods.ts'
import { familyNames, type MetricFamilies } from './metric-families.ts'
import { type ProcessWindow, processWindow } from './process-window.ts'

/** Of one process. Its figures are worth no long wait. */
const SCRAPE_TIMEOUT_MS = 10_000

/** What is read of a component, and what figures that makes. */
export interface ComponentFigures {
  component: Component
  /** Of its /metrics. */
  families: MetricFamilies
  /** @param windows of its processes */
  figures: (windows: readonly ProcessWindow[], source: string) => Metric[]
}

export interface ComponentObserver {
  /** The first scrape gave something. Else there is nothing to wait for: `read` will only say why. */
  readonly hasBegun: boolean
  /** Scrapes again and gives what the component did since. Figures that cannot be had are one finding. */
  read(): Promise<{ metrics: Metric[]; findings: Finding[] }>
  /** Gives up what is going on; to be called in any case. */
  stop(): Promise<void>
}

interface Scraped {
  pod: ComponentPod
  exposition: Exposition
}

/**
 * Scrapes the processes of a component now, to see later what they did in between: through port-forwards, with the
 * user's own credentials, which the component checks. Many clusters have none that can be read.
 * @param signal ends the first scrape, and no more than that
 * @throws the signal's reason; processes that cannot be scraped are a finding later
 */
export async function observeComponent(
  client: Pick<KubeClient, 'list' | 'getFromPod'>,
  { component, families, figures }: ComponentFigures,
  signal: AbortSignal,
): Promise<ComponentObserver> {
  const stop = new AbortController()
  const wanted = familyNames(families)
  const startedMs = performance.now()
  const before = await orReason(async () => {
    const pods = await findComponentPods(client, component, signal)
    if (pods.length === 0) {
      throw new PerfError('none is there as a pod, as where the control plane is managed, or part of another program')
    }
    return await scrapeAll(client, pods, wanted, signal)
  })
  signal.throwIfAborted()
  const read = async () => {
    if ('reason' in before) throw before.reason
    const seconds = (performance.now() - startedMs) / 1000
    const pods = before.value.map(({ pod }) => pod)
    const after = await scrapeAll(client, pods, wanted, stop.signal)
    const windows = before.value.flatMap(({ exposition }, index) => {
      const window = processWindow(exposition, after[index]?.exposition ?? exposition, seconds)
      if (window === null) throw new PerfError('one was started anew in between')
      return window
    })
    return figures(windows, `${component}-metrics`)
  }
  return {
    hasBegun: 'value' in before,
    async read() {
      const result = await orReason(read)
      return 'reason' in result
        ? { metrics: [], findings: [unavailable(component, result.reason)] }
        : { metrics: result.value, findings: [] }
    },
    async stop() {
      stop.abort(new PerfError('it did not answer before the run was over'))
    },
  }
}

/** All of them or none: the one that is missing may be the one that leads. */
async function scrapeAll(
  client: Pick<KubeClient, 'getFromPod'>,
  pods: readonly ComponentPod[],
  families: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Scraped[]> {
  return await Promise.all(
    pods.map(async (pod) => {
      const request = { ...pod, path: '/metrics', accept: TEXT_FORMAT }
      const text = await client.getFromPod(request, { signal, timeoutMs: SCRAPE_TIMEOUT_MS })
      const exposition = parseExposition(text, { metrics: families })
      if (processStart(exposition) === undefined) {
        throw new PerfError('its metrics do not say when its process was started')
      }
      return { pod, exposition }
    }),
  )
}

async function orReason<Value>(work: () => Promise<Value>): Promise<{ value: Value } | { reason: PerfError }> {
  try {
    return { value: await work() }
  } catch (error) {
    if (!(error instanceof PerfError)) throw error
    return { reason: error }
  }
}

const WORDS = {
  scheduler: { code: 'NoSchedulerMetrics', name: 'scheduler' },
  'controller-manager': { code: 'NoControllerManagerMetrics', name: 'controller manager' },
} as const satisfies Record<Component, { code: string; name: string }>

/** That there are no figures of a component itself, and why. */
export function componentUnavailable(component: Component, reason: string): Finding {
  const { code, name } = WORDS[component]
  return { severity: 'info', code, message: `No figures of the ${name} itself: ${reason}` }
}

function unavailable(component: Component, reason: PerfError): Finding {
  const isRefused = isApiError(reason) && (reason.code === 401 || reason.code === 403)
  return {
    ...componentUnavailable(component, isApiError(reason) ? reason.serverMessage : reason.message),
    ...(isRefused
      ? {
          advice:
            'Have it allowed: list pods and get,create pods/portforward in kube-system, and get the path /metrics (docs/rbac/server-metrics.yaml)',
        }
      : {}),
  }
}
