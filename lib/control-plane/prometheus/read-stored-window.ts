import type { Labels } from '../../prometheus/exposition/exposition.ts'
import { oneOf } from '../../prometheus/server/label-matcher.ts'
import type { Prometheus } from '../../prometheus/server/prometheus.ts'
import { readScrapes, type ScrapeTarget } from '../../prometheus/server/scrapes.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { componentUnavailable } from '../../workload/control-plane/component-observer.ts'
import { type ProcessWindow, processWindow } from '../../workload/control-plane/process-window.ts'
import { serverUnavailable } from '../../workload/control-plane/server-metrics-observer.ts'
import { API_SERVER, CONTROLLER_MANAGER, type ControlPlanePart, SCHEDULER } from '../components.ts'
import { missingFigures } from '../missing-figures.ts'
import { serviceLevelFindings } from '../service-level.ts'
import { inWindow, ofInstance, serverSeen, type WindowFigures } from '../window-figures.ts'
import { type ProcessTimes, processTimes, type StoredProcess, type Unreadable } from './process-times.ts'
import { storedScrape, storedScrapeQuery } from './stored-scrape.ts'

const SOURCE = 'prometheus'
const MANAGED = ', as where the control plane is managed'
/** So far before a window its first scrape is looked for, at least. */
const LOOK_BACK_MS = 300_000

export interface StoredWindowOptions {
  readonly windowMs: number
  /** Date.now() of this machine. */
  readonly endMs: number
  /** Each API server's figures apart, with the label `instance`; else all servers together. */
  readonly byServer: boolean
  readonly signal: AbortSignal
}

type Asked = Pick<Prometheus, 'label' | 'query' | 'querySamples'>

/**
 * What the control plane did in a window that is over, from the scrapes that a Prometheus has stored: the two at the ends
 * of the window are read whole, process by process, and subtracted as two scrapes of our own are. So nothing is
 * extrapolated, as PromQL's `rate` and `increase` do, and what was counted over the time between the two scrapes.
 * @throws PrometheusError, ApiError, or the signal's reason
 */
export async function readStoredWindow(prometheus: Asked, options: StoredWindowOptions): Promise<WindowFigures> {
  const { byServer } = options
  const [servers, schedulers, controllers] = await Promise.all([
    readPart(prometheus, API_SERVER, options),
    readPart(prometheus, SCHEDULER, options),
    readPart(prometheus, CONTROLLER_MANAGER, options),
  ])
  const metrics = [
    ...figuresOf(API_SERVER, servers, byServer),
    ...figuresOf(SCHEDULER, schedulers),
    ...figuresOf(CONTROLLER_MANAGER, controllers),
  ]
  const shown = API_SERVER.figures(windowsOf(servers), SOURCE).findings
  return {
    metrics,
    findings: [
      ...(servers.read.length === 0
        ? [{ ...serverUnavailable(reasonOf(prometheus, servers, 'an API server')), ...adviceOf(servers) }]
        : leftOut(servers)),
      ...shown,
      ...serviceLevelFindings(metrics),
      ...(servers.read.length === 0 ? [] : missingFigures(metrics)),
      ...(schedulers.read.length === 0
        ? [componentUnavailable('scheduler', reasonOf(prometheus, schedulers, `a scheduler${MANAGED}`))]
        : []),
      ...(controllers.read.length === 0
        ? [
            componentUnavailable(
              'controller-manager',
              reasonOf(prometheus, controllers, `a controller manager${MANAGED}`),
            ),
          ]
        : []),
    ],
    servers: servers.read.map(({ process, window }) =>
      serverSeen(window, nameOf(process.target), process.toMs, process.scrapes),
    ),
    source: `Prometheus ${prometheus.label}`,
  }
}

interface StoredWindow {
  readonly process: StoredProcess
  readonly window: ProcessWindow
}

/** What is stored of a part of the control plane. */
interface StoredPart {
  readonly read: readonly StoredWindow[]
  readonly leftOut: readonly Unreadable[]
}

async function readPart(
  prometheus: Asked,
  { selector, families }: ControlPlanePart,
  { windowMs, endMs, signal }: StoredWindowOptions,
): Promise<StoredPart> {
  const found = await findProcesses(prometheus, selector, { windowMs, endMs, signal })
  const read: StoredWindow[] = []
  const leftOut = found.flatMap((times) => ('reason' in times ? [times] : []))
  // One after the other: of a large cluster each is some tens of megabytes.
  for (const process of found) {
    if ('reason' in process) continue
    const { target, fromMs, toMs } = process
    const query = storedScrapeQuery(families, target)
    const [before, after] = await Promise.all(
      [fromMs, toMs].map(async (atMs) =>
        storedScrape(await prometheus.query(query, { atMs, signal }), families, target),
      ),
    )
    const window =
      before === undefined || after === undefined ? null : processWindow(before, after, (toMs - fromMs) / 1000)
    if (window === null) leftOut.push({ target, reason: 'its two scrapes are not of one process' })
    else read.push({ process, window })
  }
  return { read: onePerProcess(read), leftOut }
}

async function findProcesses(
  prometheus: Asked,
  selector: string,
  { windowMs, endMs, signal }: Pick<StoredWindowOptions, 'windowMs' | 'endMs' | 'signal'>,
): Promise<ProcessTimes[]> {
  const targets = await readScrapes(prometheus, selector, { startMs: endMs - windowMs, endMs }, signal)
  if (targets.length === 0) return []
  const seconds = Math.ceil((windowMs + Math.max(LOOK_BACK_MS, windowMs)) / 1000)
  const matchers = ['job', 'instance'].map((label) =>
    oneOf(
      label,
      targets.map(({ labels }) => labels[label] ?? ''),
    ),
  )
  const starts = await prometheus.querySamples(`process_start_time_seconds{${matchers.join()}}[${seconds}s]`, {
    atMs: endMs,
    signal,
  })
  const clusters = [...new Set(starts.map(({ labels }) => labels.cluster ?? ''))].sort()
  if (clusters.length > 1) {
    const reason = `it has those of ${clusters.length} clusters (label cluster: ${clusters.map((name) => name || 'none').join(', ')}), and nothing says which of them is this one`
    return [
      {
        target: { instance: 'this cluster' },
        reason,
        advice: 'Name the Prometheus of this cluster alone, or do without: --prometheus none',
      },
    ]
  }
  return targets.flatMap((scraped): ProcessTimes[] => {
    const own = starts.filter(({ labels }) => isOf(labels, scraped))
    if (own.length === 0) {
      return [{ target: scraped.labels, reason: 'its stored scrapes do not say when its process was started' }]
    }
    return own.map((series) => processTimes(series, scraped, windowMs, endMs))
  })
}

function isOf(labels: Labels, { labels: target }: ScrapeTarget): boolean {
  return Object.entries(target).every(([name, value]) => labels[name] === value)
}

/** A process may be scraped by two jobs, or by two replicas of a Prometheus: it counts once, where it was scraped more often. */
function onePerProcess(read: readonly StoredWindow[]): StoredWindow[] {
  const kept: StoredWindow[] = []
  for (const one of read.toSorted((a, b) => b.process.scrapes - a.process.scrapes)) {
    if (!kept.some((other) => isSameProcess(one, other))) kept.push(one)
  }
  return read.filter((one) => kept.includes(one))
}

/** Counters of one process only go up, whoever scrapes it; those of two that were started at once do not fit into one row. */
function isSameProcess(a: StoredWindow, b: StoredWindow): boolean {
  const row = [a, b]
    .flatMap(({ process, window }) => [
      { atMs: process.fromMs, scrape: window.before },
      { atMs: process.toMs, scrape: window.after },
    ])
    .sort((one, other) => one.atMs - other.atMs)
  return row.every(({ scrape }, index) => {
    const before = row[index - 1]
    return before === undefined || processWindow(before.scrape, scrape, 1) !== null
  })
}

function windowsOf({ read }: StoredPart): ProcessWindow[] {
  return read.map(({ window }) => window)
}

function figuresOf(part: ControlPlanePart, stored: StoredPart, apart = false): Metric[] {
  if (stored.read.length === 0) return []
  if (apart) {
    return stored.read.flatMap(({ process, window }) =>
      ofInstance(
        inWindow(part.figures([window], SOURCE).metrics, process.fromMs, process.toMs),
        nameOf(process.target),
      ),
    )
  }
  const from = Math.min(...stored.read.map(({ process }) => process.fromMs))
  const to = Math.max(...stored.read.map(({ process }) => process.toMs))
  return inWindow(part.figures(windowsOf(stored), SOURCE).metrics, from, to)
}

/** Why there are no figures at all. */
function reasonOf({ label }: Asked, { leftOut: [first] }: StoredPart, what: string): string {
  return first === undefined
    ? `Prometheus ${label} has no series of ${what}`
    : `Prometheus ${label} has none of ${nameOf(first.target)}: ${first.reason}`
}

function adviceOf({ leftOut: [first] }: StoredPart): { advice?: string } {
  if (first === undefined) {
    return { advice: 'Let it scrape the API server (apiserver_request_total), or do without: --prometheus none' }
  }
  return first.advice === undefined ? {} : { advice: first.advice }
}

/** Of some servers there are figures, of others not, or not of the whole window. */
function leftOut({ read, leftOut: others }: StoredPart): Finding[] {
  const messages = [
    ...others.map(({ target, reason }) => [
      'ServerLeftOut',
      `No figures of the API server ${nameOf(target)}: ${reason}`,
    ]),
    ...read.flatMap(({ process: { target, partial } }) =>
      partial === undefined
        ? []
        : [['WindowPartial', `Figures of a part of the window, of the API server ${nameOf(target)}: ${partial}`]],
    ),
  ] as const
  return messages.map(([code = '', message = '']) => ({ severity: 'warning', code, message }))
}

function nameOf(target: Labels): string {
  return target.instance ?? ''
}
