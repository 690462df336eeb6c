import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { openScraper, type Scraper } from '../../kube/scrape.ts'
import type { Exposition } from '../../prometheus/exposition/exposition.ts'
import { parseExposition } from '../../prometheus/exposition/parse-exposition.ts'
import { processStart } from '../../prometheus/figures/subtract.ts'
import type { Finding } from '../../record/run-record.ts'
import { familyNames, type MetricFamilies } from './metric-families.ts'
import { type ProcessWindow, processWindow } from './process-window.ts'
import { SERVER_FAMILIES, type ServerFigures, serverFigures } from './server-metrics.ts'

/** Of figures that two scrapes gave. */
export const SERVER_SOURCE = 'apiserver-metrics'

/** A balancer that hands out requests in turn reaches each of a few servers in fewer. */
const MOST_SCRAPES = 10
const READ_TIMEOUT_MS = 30_000

export interface ServerObserver {
  /** The first scrape gave something. Else there is nothing to wait for: `read` will only say why. */
  readonly hasBegun: boolean
  /**
   * Scrapes again, once, and gives what the server did since it was first scraped. Figures that cannot be had are a
   * finding, also when the signal ends it; without one it takes half a minute at most.
   */
  read(signal?: AbortSignal): Promise<ServerFigures>
  /** Lets the connection go; to be called in any case. */
  stop(): Promise<void>
}

/**
 * Scrapes the API server now, to see later what it did in between. Both times it has to be the same process: behind a
 * balancer one connection is kept, and the second time it is scraped until it matches.
 * @param signal ends the first scrape, and no more than that
 * @throws the signal's reason; a server that cannot be scraped is a finding later
 */
export async function observeServer(client: KubeClient, signal: AbortSignal): Promise<ServerObserver> {
  return observeServerBy(client, { families: SERVER_FAMILIES, figures: serverFigures }, signal)
}

/** What is read of an API server, and what figures that makes. */
export interface ServerReading {
  /** Of its /metrics. */
  families: MetricFamilies
  figures: (windows: readonly ProcessWindow[], source: string) => ServerFigures
}

/** The same for other figures. */
export async function observeServerBy(
  client: KubeClient,
  reading: ServerReading,
  signal: AbortSignal,
): Promise<ServerObserver> {
  signal.throwIfAborted()
  const scraper = openScraper(client)
  const stop = async () => {
    await scraper[Symbol.asyncDispose]()
  }
  const before = await scraping(scraper, signal, () => scrapeServer(scraper, familyNames(reading.families)))
  if (signal.aborted) {
    await stop()
    signal.throwIfAborted()
  }
  return {
    hasBegun: 'value' in before,
    async read(signal = AbortSignal.timeout(READ_TIMEOUT_MS)) {
      if ('finding' in before) return { metrics: [], findings: [before.finding] }
      const figures = await scraping(scraper, signal, () => figuresSince(before.value, scraper, reading))
      return 'finding' in figures ? { metrics: [], findings: [figures.finding] } : figures.value
    },
    stop,
  }
}

/**
 * Reads from an API server's /metrics what its figures are made of.
 * @throws ApiError, ConnectionError, ExpositionError, or the reason of the scraper's signal
 */
async function scrapeServer(scraper: Scraper, families: ReadonlySet<string>): Promise<TimedExposition> {
  const { text, sentMs, receivedMs } = await scraper.scrape()
  return { exposition: parseExposition(text, { metrics: families }), atMs: (sentMs + receivedMs) / 2 }
}

interface TimedExposition {
  exposition: Exposition
  /** By the monotonic clock: the middle of its request. */
  atMs: number
}

async function figuresSince(
  before: TimedExposition,
  scraper: Scraper,
  { families, figures }: ServerReading,
): Promise<ServerFigures> {
  if (processStart(before.exposition) === undefined) {
    throw new PerfError('its metrics do not say when its process was started')
  }
  for (let scrapes = 1; scrapes <= MOST_SCRAPES; scrapes += 1) {
    const after = await scrapeServer(scraper, familyNames(families))
    const seconds = (after.atMs - before.atMs) / 1000
    const window = processWindow(before.exposition, after.exposition, seconds)
    if (window !== null) return figures([window], SERVER_SOURCE)
  }
  throw new PerfError(
    `the one that answered first did not answer again in ${MOST_SCRAPES} tries: it was restarted, or the connection to it was lost and there are others`,
  )
}

/** Does what needs the scraper until the signal ends it, scraper and all. */
async function scraping<Value>(
  scraper: Scraper,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<{ value: Value } | { finding: Finding }> {
  const cancel = () => void scraper[Symbol.asyncDispose]()
  signal.addEventListener('abort', cancel)
  try {
    signal.throwIfAborted()
    return { value: await work() }
  } catch (error) {
    if (signal.aborted) return { finding: serverUnavailable('it did not answer before the run was over') }
    if (!(error instanceof PerfError)) throw error
    return { finding: isApiError(error) && error.code === 403 ? forbidden() : serverUnavailable(error.message) }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function forbidden(): Finding {
  return {
    severity: 'info',
    code: 'MetricsForbidden',
    message: 'No figures of the API server itself: you may not read its /metrics',
    advice:
      'Have it allowed: kubectl create clusterrole metrics-reader --verb=get --non-resource-url=/metrics, then kubectl create clusterrolebinding metrics-reader --clusterrole=metrics-reader --user=NAME',
  }
}

/** That there are no figures of the API server itself, and why. */
export function serverUnavailable(reason: string): Finding {
  return {
    severity: 'warning',
    code: 'NoServerMetrics',
    message: `No figures of the API server itself: ${reason}`,
  }
}
