import type { KubeClient } from '../kube/client.ts'
import type { ServerSeen } from '../record/details/control-plane-details.ts'
import { observeComponent } from '../workload/control-plane/component-observer.ts'
import { observeServerBy } from '../workload/control-plane/server-metrics-observer.ts'
import { API_SERVER, CONTROLLER_MANAGER, SCHEDULER } from './components.ts'
import { missingFigures } from './missing-figures.ts'
import { otherServers } from './other-servers.ts'
import { serviceLevelFindings } from './service-level.ts'
import { inWindow, ofInstance, serverSeen, type WindowFigures } from './window-figures.ts'

/** Also after Ctrl-C: worth no long wait. */
const ASK_TIMEOUT_MS = 5_000

/**
 * What the control plane does in a window: all that can be scraped is scraped at its beginning and at its end. Counters
 * are of one API server; where several are behind one address, of the one that the connection leads to.
 * @param byServer label the API server's figures with its address
 * @param untilEnd resolves when the window is over, also early; not waited for where nothing can be scraped
 * @throws the signal's reason when it ends the first scrapes
 */
export async function observeWindow(
  client: KubeClient,
  { byServer, signal }: { byServer: boolean; signal: AbortSignal },
  untilEnd: () => Promise<void>,
): Promise<WindowFigures> {
  const servers: ServerSeen[] = []
  const { host } = new URL(client.server)
  const opened = await Promise.allSettled([
    observeServerBy(
      client,
      {
        families: API_SERVER.families,
        figures(windows, source) {
          servers.push(...windows.map((window) => serverSeen(window, host, Date.now(), 2)))
          const figures = API_SERVER.figures(windows, source)
          return byServer ? { ...figures, metrics: ofInstance(figures.metrics, host) } : figures
        },
      },
      signal,
    ),
    observeComponent(
      client,
      {
        component: 'scheduler',
        families: SCHEDULER.families,
        figures: (windows, source) => SCHEDULER.figures(windows, source).metrics,
      },
      signal,
    ),
    observeComponent(
      client,
      {
        component: 'controller-manager',
        families: CONTROLLER_MANAGER.families,
        figures: (windows, source) => CONTROLLER_MANAGER.figures(windows, source).metrics,
      },
      signal,
    ),
  ])
  const observers = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  try {
    const refused = opened.find((result) => result.status === 'rejected')
    if (refused !== undefined) throw refused.reason as Error
    const startMs = Date.now()
    if (observers.some(({ hasBegun }) => hasBegun)) await untilEnd()
    const parts = await Promise.all(observers.map((observer) => observer.read()))
    const endMs = Math.max(startMs, Date.now())
    const others = servers.length === 0 ? [] : await otherServers(client, AbortSignal.timeout(ASK_TIMEOUT_MS))
    const [seen] = servers
    const [server, ...components] = parts.map((part) => part.metrics)
    const metrics = [
      ...(server === undefined || seen === undefined ? [] : inWindow(server, endMs - seen.windowSeconds * 1000, endMs)),
      ...inWindow(components.flat(), startMs, endMs),
    ]
    return {
      metrics,
      findings: [
        ...parts.flatMap((part) => part.findings),
        ...serviceLevelFindings(metrics),
        ...(servers.length === 0 ? [] : missingFigures(metrics)),
        ...others,
      ],
      servers,
      source: 'two scrapes of /metrics',
    }
  } finally {
    await Promise.all(observers.map((observer) => observer.stop()))
  }
}
