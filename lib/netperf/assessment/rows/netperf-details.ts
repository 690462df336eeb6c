import type { NetperfDetails, NetperfRow } from '../../../record/details/netperf-details.ts'
import { testLabels } from '../../matrix/test-labels.ts'
import type { NetperfRun } from '../../netperf-run.ts'
import type { Endpoint } from '../../pair.ts'
import type { AssessmentOptions } from '../assessment.ts'
import { factsOf } from '../figures/link-load.ts'
import { flowDirections, isOfRequests, type MeasuredTest, measuredTests } from '../measured-tests.ts'
import { slowParts } from '../verdict/slow-parts.ts'
import { flowRow } from './flow-row.ts'
import { requestRow } from './request-row.ts'

/** What a record of netperf has beside metrics: a row for each test, and what is known of its pairs and their way. */
export function netperfDetails(run: NetperfRun, options: AssessmentOptions): NetperfDetails {
  const tests = measuredTests(run)
  return {
    rows: tests.map((measured) => row(run, tests, measured, options)),
    pairs: run.pairs.map(({ client, server, processes }) => ({
      client: endpoint(run, client),
      server: endpoint(run, server),
      ports: processes.map((process) => ({ ...process })),
    })),
    pathMtus: run.pathMtus.flatMap((mtu) => {
      const pair = run.pairs[mtu.pair]
      return pair === undefined ? [] : [{ ...mtu, clientNode: pair.client.node, serverNode: pair.server.node }]
    }),
    slow: slowParts(tests),
    cluster: { ...run.clusterFacts },
  }
}

function row(
  run: NetperfRun,
  tests: readonly MeasuredTest[],
  measured: MeasuredTest,
  options: AssessmentOptions,
): NetperfRow {
  const { test, index, pairs } = measured
  const samples = pairs.flatMap((pair) => pair.samples)
  const readings = samples.map(({ reading }) => reading)
  const mss = [...new Set(readings.flatMap(({ mssBytes }) => mssBytes ?? []))].sort((a, b) => a - b)
  const controls = distinct(
    readings.flatMap(({ clientCongestionControl, serverCongestionControl }) => [
      ...(clientCongestionControl === undefined ? [] : [clientCongestionControl]),
      ...(serverCongestionControl === undefined ? [] : [serverCongestionControl]),
    ]),
  )
  const seconds = readings.flatMap(({ flows, requests }) => flows[0]?.seconds ?? requests?.seconds ?? [])
  const spreads = run.startSpreads.filter((spread) => spread.test === index)
  return {
    parameters: { ...test },
    labels: { ...testLabels(test) },
    pairs: pairs.map(({ pair }) => pair.index),
    samples: { measured: samples.length, expected: pairs.length * options.samples },
    tools: distinct(readings.map(({ tool }) => tool)),
    ...(seconds.length === 0 ? {} : { measuredSeconds: Math.min(...seconds) }),
    ...(mss.length === 0 && test.mssBytes === undefined
      ? {}
      : { mss: { ...(test.mssBytes === undefined ? {} : { askedBytes: test.mssBytes }), effectiveBytes: mss } }),
    ...(controls.length === 0 ? {} : { congestionControl: controls }),
    ...(spreads.length === 0
      ? {}
      : {
          startSpread: {
            maxSeconds: Math.max(...spreads.map(({ seconds }) => seconds)),
            resolutionSeconds: Math.max(...spreads.map(({ resolutionSeconds }) => resolutionSeconds)),
          },
        }),
    flows: flowDirections(test).map((direction) => flowRow(run, tests, measured, direction, options)),
    ...(isOfRequests(test) ? { requests: requestRow(tests, measured) } : {}),
    failures: run.samples.flatMap(({ test: of, pair, sample, result }) =>
      of === index && result.kind === 'failed'
        ? [{ pair, sample, code: result.fault.code, message: result.fault.message }]
        : [],
    ),
    searches: samples.flatMap(({ pair, sample, result }) =>
      result.kind === 'measured' && result.search !== undefined
        ? [{ pair, sample, tries: result.search.tries.map((each) => ({ ...each })) }]
        : [],
    ),
    throttling: samples.flatMap(({ pair, sample, clientThrottling, serverThrottling }) => [
      ...(clientThrottling?.periods ? [{ pair, sample, side: 'client' as const, ...clientThrottling }] : []),
      ...(serverThrottling?.periods ? [{ pair, sample, side: 'server' as const, ...serverThrottling }] : []),
    ]),
  }
}

function endpoint(run: NetperfRun, of: Endpoint): NetperfDetails['pairs'][number]['client'] {
  const { addresses, nodeAddresses, ...where } = of
  return { ...where, addresses: [...addresses], nodeAddresses: [...nodeAddresses], ...factsOf(run, of) }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}
