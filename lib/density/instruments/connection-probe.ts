import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { pause } from '../../kube/pause.ts'
import { sampledMetric } from '../../stats/metric.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import type { StartInstrument } from './instrument.ts'

/** From the end of one try to the next. */
const INTERVAL_MS = 20
const TRY_TIMEOUT_MS = 2000
/** A pod that does not answer for so long has no figure. */
const LIMIT_MS = 10_000
/** Nothing listens on the discard port: a refusal comes from the pod's own network all the same. */
const PORT = 9

/**
 * Measures the time from Ready to the first connection that a pod answers: the API server's pod proxy connects to it
 * again and again. An answer is anything that comes from the pod, a refused connection too, so that the container needs
 * no server. The way is the API server's own into the pod network.
 */
export const probeConnections: StartInstrument = async ({ client, tracker, signal }) => {
  const stop = new AbortController()
  const ends = AbortSignal.any([signal, stop.signal])
  const probes: Promise<void>[] = []
  const seconds: number[] = []
  const silent: string[] = []
  const probe = async (pod: TrackedPod, readyMs: number) => {
    const answeredMs = await untilAnswer(client, pod, readyMs, ends)
    if (answeredMs === undefined) silent.push(`${pod.namespace}/${pod.name}`)
    else seconds.push((answeredMs - readyMs) / 1000)
  }
  const unsubscribe = tracker.subscribe((pod, milestone, atMs) => {
    if (milestone === 'ready') probes.push(probe(pod, atMs))
  })
  return {
    async read() {
      await Promise.all(probes)
      const origin = { source: 'apiserver-proxy', resolution: INTERVAL_MS / 1000 }
      return {
        metrics: [sampledMetric('pod_connection_latency', seconds, origin)],
        findings:
          silent.length === 0
            ? []
            : [
                {
                  severity: 'warning',
                  code: 'PodsDoNotAnswer',
                  message: `no connection through the API server's proxy within ${LIMIT_MS / 1000}s of Ready`,
                  objects: silent.slice(0, 20),
                  count: silent.length,
                },
              ],
      }
    },
    async stop() {
      unsubscribe()
      stop.abort()
      await Promise.all(probes)
    },
  }
}

/** When the pod answered, by the monotonic clock; undefined where it did not, or where nobody waits any more. */
async function untilAnswer(
  client: KubeClient,
  { namespace, name }: TrackedPod,
  readyMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}:${PORT}/proxy/`
  while (!signal.aborted && performance.now() - readyMs < LIMIT_MS) {
    try {
      const { receivedMs } = await client.request({
        method: 'GET',
        path,
        retry: false,
        timeoutMs: TRY_TIMEOUT_MS,
        signal,
      })
      return receivedMs
    } catch (error) {
      if (comesFromPod(error)) return performance.now()
    }
    await pause(INTERVAL_MS, signal).catch(() => {})
  }
  return undefined
}

function comesFromPod(error: unknown): boolean {
  if (!isApiError(error)) return false
  const isProxysOwn = error.code === 503 || error.code === 502 || error.code === 403 || error.code === 404
  return !isProxysOwn || error.serverMessage.includes('connection refused')
}
