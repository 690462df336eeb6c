import type { LoadDetails, MapGrowth } from '../../record/details/load-details.ts'
import type { Finding, Metric, Outcome } from '../../record/run-record.ts'
import { runFailed } from '../../run/run-failed.ts'
import { sampledMetric, valueMetric } from '../../stats/metric.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadRun } from './load-run.ts'
import { mapSeries, operationSeries, secondsOf } from './load-series.ts'
import { mapGrowth } from './map-growth.ts'

export interface AssessedLoad {
  details: LoadDetails
  metrics: Metric[]
  findings: Finding[]
  outcome: Outcome
}

type Plan = Pick<LoadPlan, 'connections' | 'ratePerSecond' | 'durationMs' | 'protocol' | 'kind'>

/** What a load has shown. A map that was full and evicts is a warning; one that fails is a verdict. */
export function assessLoad(plan: Plan, run: LoadRun, wasAborted: boolean): AssessedLoad {
  const details = detailsOf(plan, run)
  const findings = [
    ...(run.failure === undefined || wasAborted ? [] : [runFailed(run.failure)]),
    ...connectionFindings(details, run, wasAborted),
    ...details.growth.flatMap((growth) => growthFinding(growth, details, run) ?? []),
    ...run.leftBehind,
  ]
  return { details, metrics: metricsOf(details), findings, outcome: outcomeOf(details, run, findings) }
}

function detailsOf(plan: Plan, run: LoadRun): LoadDetails {
  const { startedAtMs, clients, servers, durationSeconds } = run
  const sum = (key: 'opened' | 'failed') => clients.reduce((total, client) => total + client[key], 0)
  return {
    protocol: plan.protocol,
    kind: plan.kind,
    asked: plan.connections,
    opened: sum('opened'),
    failed: sum('failed'),
    ratePerSecond: plan.ratePerSecond,
    durationSeconds,
    clients: clients.map(({ probed = 0, answered = 0, ...client }) => ({
      ...client,
      ...(probed === 0 ? {} : { probed, answered }),
    })),
    servers,
    connections:
      startedAtMs === undefined ? [] : run.connections.map(({ atMs, opened }) => ({ t: secondsOf(run, atMs), opened })),
    maps: startedAtMs === undefined ? [] : mapSeries(run),
    operations: startedAtMs === undefined ? [] : operationSeries(run),
    growth: mapGrowth(plan, run),
    missedReads: run.readings.reduce((total, { failures }) => total + failures.length, 0),
  }
}

function metricsOf({ asked, opened, failed, clients, maps, growth, kind }: LoadDetails): Metric[] {
  const connections = (state: string, value: number) =>
    valueMetric('load_connections', value, { labels: { state }, source: 'load' })
  const answered = clients.reduce((total, client) => total + (client.answered ?? 0), 0)
  return [
    connections('asked', asked),
    connections('opened', opened),
    connections('failed', failed),
    ...(kind === 'held' && clients.some(({ probed }) => probed !== undefined)
      ? [connections('answered', answered)]
      : []),
    ...maps.flatMap(({ node, map, points }) => {
      const labels = { node, map }
      const entries = points.flatMap((point) => point.entries ?? [])
      const pressures = points.flatMap((point) => point.pressure ?? [])
      return [
        ...(entries.length === 0 ? [] : [sampledMetric('load_map_entries', entries, { labels, source: 'load' })]),
        ...(pressures.length === 0 ? [] : [sampledMetric('load_map_pressure', pressures, { labels, source: 'load' })]),
      ]
    }),
    ...growth.flatMap(({ node, map, perThousand }) =>
      perThousand === undefined
        ? []
        : [valueMetric('load_map_growth', perThousand, { labels: { node, map }, source: 'load' })],
    ),
  ]
}

function connectionFindings(
  { asked, opened, failed, clients, missedReads }: LoadDetails,
  { failure }: LoadRun,
  wasAborted: boolean,
): Finding[] {
  const probed = clients.reduce((total, client) => total + (client.probed ?? 0), 0)
  const lost = probed - clients.reduce((total, client) => total + (client.answered ?? 0), 0)
  const findings: Finding[] = []
  if (opened < asked && failure === undefined && !wasAborted) {
    findings.push({
      severity: 'warning',
      code: 'LoadFellShort',
      message: `${opened} of ${asked} connections were opened${failed === 0 ? ' in time' : `: ${failed} were refused or not answered`}`,
      ...(failed === 0 ? { advice: 'a longer --load-duration, or a lower --load-rate' } : {}),
    })
  }
  if (lost > 0) {
    findings.push({
      severity: 'warning',
      code: 'ConnectionsLost',
      message: `${lost} of ${probed} held connections did not answer any more when the load ended`,
    })
  }
  if (missedReads > 0) {
    findings.push({
      severity: 'warning',
      code: 'MissedReads',
      message: `${missedReads} reads of agents failed while the load lasted: their figures have gaps`,
    })
  }
  return findings
}

function growthFinding(growth: MapGrowth, { opened, kind }: LoadDetails, { readings }: LoadRun): Finding | undefined {
  const { node, map, most, capacity, state } = growth
  if (state === 'grew') return undefined
  const reading = readings.flatMap((read) => read.readings).find(({ agent }) => agent.node === node)
  if (state === 'stale') {
    return {
      severity: 'warning',
      code: 'StaleFigures',
      message: `${map} on ${node}: Cilium ${reading?.version ?? ''} counts these entries only when it collects garbage (${reading?.conntrack.interval ?? 'interval unknown'}), and did not while the load lasted`,
      advice: 'a longer --load-duration, or --deep, which counts in the kernel',
    }
  }
  const share = capacity === undefined ? '' : ` of ${capacity} (${Math.round((most / capacity) * 100)}%)`
  const evicts = reading?.maps.find((one) => one.map === map)?.whenFull !== 'fails'
  const load = `${opened} ${kind} connections`
  return {
    severity: evicts ? 'warning' : 'error',
    code: 'MapFull',
    message: evicts
      ? `${map} on ${node} stuck at ${most}${share} under ${load}: it is full, and the kernel throws other entries out`
      : `${map} on ${node} reached ${most}${share} under ${load}: it is full, and refuses new entries`,
    advice: 'kubectl perf cilium maps --advise says what makes it larger',
  }
}

function outcomeOf({ opened }: LoadDetails, run: LoadRun, findings: readonly Finding[]): Outcome {
  if (run.failure !== undefined) return 'error'
  if (opened === 0 || run.readings.length < 2) return 'no-data'
  return findings.some(({ code, severity }) => code === 'MapFull' && severity === 'error') ? 'failed' : 'passed'
}
