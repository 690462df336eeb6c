import type { KubeClient } from '../kube/client.ts'

/** Tells the time. */
export type Clock = () => Date

/**
 * The API server's clock, to about a second: runs and those who look for dead ones may be on machines whose clocks
 * differ by more than a dead run's silence.
 */
export async function readServerClock(client: KubeClient, signal: AbortSignal): Promise<Clock> {
  const sentMs = Date.now()
  const { headers } = await client.request({ method: 'GET', path: '/version', signal })
  const localMs = (sentMs + Date.now()) / 2
  // The header has whole seconds, cut off: on average half a second late. RFC 9110 lets a server go without it.
  const serverMs = Date.parse(String(headers.date)) + 500
  const offsetMs = Number.isNaN(serverMs) ? 0 : serverMs - localMs
  return () => new Date(Date.now() + offsetMs)
}
