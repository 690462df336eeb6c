import type { KubeClient } from './client.ts'

/** Prometheus' text exposition, as `accept` asks for it: the only format that `parseExposition` reads. */
export const TEXT_FORMAT = 'text/plain;version=0.0.4'

/** An API server's own idle timeout is 90 s; after that it would close the connection. */
const KEEP_WARM_MS = 30_000

export interface Scrape {
  /** Prometheus text exposition. */
  text: string
  /** performance.now() before and after: the figures are from some moment between. */
  sentMs: number
  receivedMs: number
}

export interface Scraper extends AsyncDisposable {
  scrape(path?: string): Promise<Scrape>
}

/**
 * Reads `/metrics` of the API server over one connection that is kept, also between scrapes: behind a balancer two
 * connections may end at two servers, whose counters have nothing to do with each other.
 */
export function openScraper(client: KubeClient, signal?: AbortSignal): Scraper {
  const stop = new AbortController()
  const live = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const keepWarm = setInterval(() => {
    // Whether it answers is no concern: the next scrape will tell.
    client.request({ method: 'GET', path: '/livez', lane: 'scrapes', retry: false, signal: live }).catch(() => {})
  }, KEEP_WARM_MS).unref()
  return {
    async scrape(path = '/metrics') {
      const response = await client.request({ method: 'GET', path, accept: TEXT_FORMAT, lane: 'scrapes', signal: live })
      const { sentMs, receivedMs } = response
      return { text: response.text(), sentMs, receivedMs }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(keepWarm)
      stop.abort()
    },
  }
}
