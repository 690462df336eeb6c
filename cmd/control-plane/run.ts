import { setTimeout as sleep } from 'node:timers/promises'
import { observeWindow } from '../../lib/control-plane/observe-window.ts'
import { readStoredWindow } from '../../lib/control-plane/prometheus/read-stored-window.ts'
import type { WindowFigures } from '../../lib/control-plane/window-figures.ts'
import { PerfError } from '../../lib/errors/perf-error.ts'
import type { Prometheus } from '../../lib/prometheus/server/prometheus.ts'
import type { Finding, Phase } from '../../lib/record/run-record.ts'
import { scale } from '../../lib/report/scale.ts'
import { timedPhase } from '../../lib/run/timed-phase.ts'
import type { Context } from '../command.ts'
import { type Measurement, type MeasureSession, runMeasurement } from '../measure.ts'
import { connectToPrometheus, prometheusRequest } from '../open-prometheus.ts'
import { API_CONNECTIONS } from '../shared-options.ts'
import { type ControlPlaneOptions, SCRAPED_WINDOW_MS, STORED_WINDOW_MS } from './options.ts'
import { renderControlPlane } from './render.ts'

const TICK_MS = 1000
/** Without the API server's figures the reason for that is the result. */
const FAULT = { severity: 'error', code: 'RunFailed' } as const

export async function runControlPlane(options: ControlPlaneOptions, context: Context): Promise<number> {
  const request = await prometheusRequest(options, context)
  return runMeasurement(
    {
      kind: 'control-plane',
      apiConnections: API_CONNECTIONS,
      render: (record, shown) => renderControlPlane(record, { ...shown, top: options.top }),
      async measure(session) {
        const { prometheus, findings } = await connectToPrometheus(request, session.client, context)
        const source: Source = { prometheus, findings }
        return options.watch ? watchWindows(options, session, source) : look(options, session, source)
      },
    },
    options,
    context,
  )
}

/** Where the figures come from: a Prometheus, or else scrapes; and what there is to say about that. */
interface Source {
  prometheus: Prometheus | undefined
  findings: readonly Finding[]
}

/** Until it is interrupted: a window that is scraped is then as long as it got; of those that are stored, the last is whole. */
async function watchWindows(
  options: ControlPlaneOptions,
  session: MeasureSession,
  source: Source,
): Promise<Measurement> {
  const { signal } = session
  for (;;) {
    const startMs = performance.now()
    const measured = await look(options, session, source)
    await session.show(measured)
    // A window that is scraped is over by now, unless nothing could be scraped.
    const leftMs =
      source.prometheus === undefined
        ? (options.window ?? SCRAPED_WINDOW_MS) - (performance.now() - startMs)
        : (options.window ?? STORED_WINDOW_MS)
    await countDown(leftMs, signal, (left) => session.progress.update(`the next window is read in ${left}`))
    if (signal.aborted) return { ...measured, isShown: true }
  }
}

/** One window. Where the found Prometheus says nothing of the API server, scrapes do, from then on. */
async function look(options: ControlPlaneOptions, session: MeasureSession, source: Source): Promise<Measurement> {
  const { prometheus, findings } = source
  if (prometheus === undefined) return withFindings(await measureControlPlane(options, session), findings)
  const stored = await readStored(options, session, prometheus).catch((error: unknown): string => {
    // Of the one that was found nobody relies on anything.
    if (options.prometheus !== 'auto' || !(error instanceof PerfError)) throw error
    return error.message
  })
  if (typeof stored !== 'string' && (stored.outcome === 'passed' || options.prometheus !== 'auto')) {
    return withFindings(stored, findings)
  }
  const [first] = typeof stored === 'string' ? [] : stored.findings
  const reason =
    typeof stored === 'string' ? stored : (first?.message ?? '').replace(/^No figures of the API server itself: /, '')
  const message = `${reason}; /metrics are read instead`
  session.progress.note(message)
  source.prometheus = undefined
  source.findings = [
    ...findings,
    {
      severity: 'warning',
      code: 'PrometheusNotUsed',
      message,
      ...(first?.advice === undefined ? {} : { advice: first.advice }),
    },
  ]
  return withFindings(await measureControlPlane(options, session), source.findings)
}

function withFindings(measured: Measurement, findings: readonly Finding[]): Measurement {
  return { ...measured, findings: [...measured.findings, ...findings] }
}

/** What the control plane did in the window that ends now, by what a Prometheus has stored. */
async function readStored(
  { window: windowMs = STORED_WINDOW_MS, byServer }: ControlPlaneOptions,
  { client, progress, signal }: MeasureSession,
  prometheus: Prometheus,
): Promise<Measurement> {
  const phases: Phase[] = []
  progress.step(`reading the last ${scale(windowMs / 1000, 's')} from Prometheus ${prometheus.label}`)
  const figures = await timedPhase(phases, 'read', () =>
    readStoredWindow(prometheus, { windowMs, endMs: Date.now(), byServer, signal }),
  )
  return measurement(figures, phases, client.statistics().connections)
}

/** What the control plane does in the window that begins now, by two scrapes. */
export async function measureControlPlane(
  { window: windowMs = SCRAPED_WINDOW_MS, byServer }: Pick<ControlPlaneOptions, 'window' | 'byServer'>,
  { client, progress, signal }: MeasureSession,
): Promise<Measurement> {
  const phases: Phase[] = []
  const watching = `watching the control plane for ${scale(windowMs / 1000, 's')}`
  progress.step(watching)
  const figures = await timedPhase(phases, 'window', () =>
    observeWindow(client, { byServer, signal }, () =>
      countDown(windowMs, signal, (left) => progress.update(`${watching}, ${left} left`)),
    ),
  )
  return measurement(figures, phases, client.statistics().connections)
}

async function countDown(windowMs: number, signal: AbortSignal, tell: (left: string) => void): Promise<void> {
  const startMs = performance.now()
  for (let leftMs = windowMs; leftMs > 0 && !signal.aborted; leftMs = windowMs - (performance.now() - startMs)) {
    tell(scale(Math.ceil(leftMs / 1000), 's'))
    await sleep(Math.min(leftMs, TICK_MS), undefined, { signal }).catch(() => undefined)
  }
}

function measurement(
  { metrics, findings, servers, source }: WindowFigures,
  phases: Phase[],
  connections: number,
): Measurement {
  const isMeasured = servers.length > 0
  const [reason] = findings
  return {
    phases,
    metrics,
    findings: isMeasured || reason === undefined ? findings : [{ ...reason, ...FAULT }, ...findings.slice(1)],
    details: { connections, source, servers },
    outcome: isMeasured ? 'passed' : 'no-data',
  }
}
