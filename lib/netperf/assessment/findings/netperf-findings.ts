import type { NetperfDetails } from '../../../record/details/netperf-details.ts'
import type { Finding, Outcome } from '../../../record/run-record.ts'
import { runFailed } from '../../../run/run-failed.ts'
import type { NetperfRun } from '../../netperf-run.ts'
import type { AssessmentOptions } from '../assessment.ts'
import { netperfDetails } from '../rows/netperf-details.ts'
import { rowNames } from '../rows/row-name.ts'
import { pathFindings } from './path-findings.ts'
import { qualityFindings } from './quality-findings.ts'
import { slowFindings } from './slow-findings.ts'

const MOST_OBJECTS = 20

/** What a person should know beside the figures: first what is missing and why, then what the figures are worth. */
export function netperfFindings(run: NetperfRun, options: AssessmentOptions): Finding[] {
  const details = netperfDetails(run, options)
  const nameOf = rowNames(details.rows)
  return [
    ...fault(run, details, options),
    ...details.rows.flatMap((row) => failedSamples(row, nameOf(row), details, options)),
    ...run.findings,
    ...qualityFindings(details),
    ...pathFindings(details),
    ...slowFindings(details),
    ...run.leftBehind,
  ]
}

/** What the measuring came to: it has passed when every sample of every pair is there. */
export function netperfOutcome(run: NetperfRun, options: AssessmentOptions): Outcome {
  if (run.failure !== undefined) return 'error'
  const { measured, expected } = countSamples(netperfDetails(run, options))
  return measured < expected || expected === 0 ? 'no-data' : 'passed'
}

function fault(run: NetperfRun, details: NetperfDetails, { wasAborted }: AssessmentOptions): Finding[] {
  if (wasAborted) return []
  if (run.failure !== undefined) return [runFailed(run.failure)]
  const { measured, expected } = countSamples(details)
  if (measured === expected && expected > 0) return []
  return [{ severity: 'error', code: 'RunFailed', message: `${measured} of ${expected} samples were measured` }]
}

function countSamples({ rows }: NetperfDetails): { measured: number; expected: number } {
  return {
    measured: rows.reduce((sum, { samples }) => sum + samples.measured, 0),
    expected: rows.reduce((sum, { samples }) => sum + samples.expected, 0),
  }
}

/** One finding for each reason, in the words of the first sample that failed for it. */
function failedSamples(
  row: NetperfDetails['rows'][number],
  name: string,
  details: NetperfDetails,
  { wasAborted }: AssessmentOptions,
): Finding[] {
  return [...Map.groupBy(row.failures, ({ code }) => code).values()].flatMap((failures) => {
    const [first] = failures
    if (first === undefined) return []
    const pairs = new Set(failures.map(({ pair }) => pair))
    return [
      {
        severity: wasAborted ? ('warning' as const) : ('error' as const),
        code: 'SampleFailed',
        message: `${name}: ${failures.length} of ${row.samples.expected} samples failed: ${first.message}`,
        objects: [...pairs].slice(0, MOST_OBJECTS).map((pair) => pairName(details, pair)),
        count: failures.length,
      },
    ]
  })
}

function pairName({ pairs }: NetperfDetails, index: number): string {
  const pair = pairs[index]
  if (pair === undefined) return String(index)
  const { client, server } = pair
  return `${client.namespace}/${client.pod} (${client.node}) → ${server.namespace}/${server.pod} (${server.node})`
}
