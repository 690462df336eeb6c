import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { openScraper, type Scraper } from '../../kube/scrape.ts'
import type { Exposition, Sample } from '../../prometheus/exposition/exposition.ts'
import { parseExposition } from '../../prometheus/exposition/parse-exposition.ts'
import { subtractScrapes } from '../../prometheus/figures/subtract.ts'
import type { Finding } from '../../record/run-record.ts'
import { CEP_RESOURCE, CES_RESOURCE, KINDS, type Kind } from '../kinds.ts'

// apiserver_watch_events_sizes is left alone: several versions count wrongly there (kubernetes#135367).
const WATCH_EVENTS = 'apiserver_watch_events_total'
const LONG_RUNNING = 'apiserver_longrunning_requests'
const FAMILIES: ReadonlySet<string> = new Set(['process_start_time_seconds', WATCH_EVENTS, LONG_RUNNING])

/** What one API server says of the two kinds, over all its watchers. */
export interface WatchCounters {
  /** Events that it sent while they were observed. */
  events: Partial<Record<Kind, number>>
  /** Watches open at the end, ours included. */
  watchers: Partial<Record<Kind, number>>
}

export interface WatchCounterReader {
  /** What could not be had is a finding, but for rights: those are told elsewhere. */
  read(): Promise<{ counters?: WatchCounters; findings: Finding[] }>
  stop(): Promise<void>
}

const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  // Before Kubernetes 1.34 the label was the kind.
  cep: [CEP_RESOURCE, 'CiliumEndpoint'],
  ces: [CES_RESOURCE, 'CiliumEndpointSlice'],
}

/** Scrapes an API server now, to see later what it sent to watchers in between. */
export async function readWatchCounters(client: KubeClient, signal: AbortSignal): Promise<WatchCounterReader> {
  const scraper = openScraper(client, signal)
  const before = await scrape(scraper, signal)
  return {
    async read() {
      const after = before instanceof PerfError ? before : await scrape(scraper, signal)
      if (before instanceof PerfError || after instanceof PerfError) return { findings: unreadable(after) }
      const delta = subtractScrapes(before, after)
      if (delta === null) return { findings: [otherServer()] }
      return { findings: [], counters: { events: sumByKind(delta, WATCH_EVENTS), watchers: watchersOf(after) } }
    },
    stop: async () => scraper[Symbol.asyncDispose](),
  }
}

async function scrape(scraper: Scraper, signal: AbortSignal): Promise<Exposition | PerfError> {
  try {
    return parseExposition((await scraper.scrape()).text, { metrics: FAMILIES })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof PerfError) return error
    throw error
  }
}

function watchersOf(exposition: Exposition): WatchCounters['watchers'] {
  return sumByKind(exposition, LONG_RUNNING, ({ verb }) => verb === 'WATCH' || verb === 'WATCHLIST')
}

function sumByKind(
  { samples }: Exposition,
  family: string,
  isMeant: (labels: Sample['labels']) => boolean = () => true,
): Partial<Record<Kind, number>> {
  const series = [...(samples.get(family)?.series.values() ?? [])]
  const sums: Partial<Record<Kind, number>> = {}
  for (const kind of KINDS) {
    const own = series.filter(
      ({ labels }) => NAMES[kind].includes(labels.resource ?? labels.kind ?? '') && isMeant(labels),
    )
    if (own.length > 0) sums[kind] = own.reduce((sum, { value }) => sum + value, 0)
  }
  return sums
}

function unreadable(fault: Exposition | PerfError): Finding[] {
  if (!(fault instanceof PerfError) || (isApiError(fault) && fault.code === 403)) return []
  return [{ severity: 'info', code: 'NoWatchCounters', message: `No counters of the API server: ${fault.message}` }]
}

function otherServer(): Finding {
  const message = 'No counters of the API server: another one answered at the end, or it was restarted'
  return { severity: 'info', code: 'NoWatchCounters', message }
}
