import { Value } from '@sinclair/typebox/value'
import { parseJson } from '../../../record/json.ts'
import { MeasurementFault } from '../../measurement-fault.ts'
import type { Reading, RequestReading } from '../../reading.ts'
import { checkInterval } from '../check-interval.ts'
import type { ClientRequest, ToolOutput } from '../engine.ts'
import { checkStarted, toolFault, unreadable } from '../tool-fault.ts'
import { readFortioLatency } from './fortio-latency.ts'
import { FortioOutputSchema } from './fortio-output.ts'

const keptShare = 0.95

/**
 * Reads the JSON of `fortio load`. It ends with exit code 0 also when requests failed: their codes tell.
 *
 * @throws MeasurementFault also when more requests failed than not: then latency is that of failing
 */
export function readFortio(request: ClientRequest, output: ToolOutput): Reading {
  checkStarted('fortio', output)
  const { target, timing, pass, test } = request
  if (output.exitCode !== 0) throw toolFault('fortio', reason(output.stderr) ?? `exit code ${output.exitCode}`, target)
  const printed = parseJson(output.stdout)
  if (!Value.Check(FortioOutputSchema, printed)) throw unreadable('fortio', output, target)
  const tool = `fortio ${printed.Version}`

  const errors = Object.fromEntries(
    Object.entries(printed.RetCodes).filter(([code, count]) => count > 0 && !isSuccess(code)),
  )
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0)
  const histogram = printed.DurationHistogram
  const completed = histogram.Count - failed
  const seconds = printed.ActualDuration / 1e9
  if (failed > completed) throw mostlyFailed(tool, request, errors, histogram.Count, output.stderr)
  checkInterval(tool, seconds, timing.durationSeconds, completed)

  const requests: RequestReading = { seconds, completed, errors }
  if (pass !== 'latency') return { tool, flows: [], requests }
  const latency = readFortioLatency(histogram)
  if (latency === undefined) throw unreadable(tool, output, target)
  const requestedPerSecond = test.requestsPerSecond ?? Number(printed.RequestedQPS)
  const isKept = histogram.Count / seconds >= keptShare * requestedPerSecond
  return { tool, flows: [], requests: { ...requests, latency, openLoop: { requestedPerSecond, isKept } } }
}

/** fortio's own rule: 2xx, and 418 of its teapots. */
function isSuccess(code: string): boolean {
  return /^2\d\d$/.test(code) || code === '418' || code === 'SERVING'
}

function mostlyFailed(
  tool: string,
  { target }: ClientRequest,
  errors: Readonly<Record<string, number>>,
  count: number,
  stderr: string,
): MeasurementFault {
  const codes = Object.entries(errors).map(([code, times]) => `${times} of ${count} requests failed with ${code}`)
  const said = reason(stderr)
  const fault = toolFault(tool, said === undefined ? codes.join(', ') : `${codes.join(', ')}: ${said}`, target)
  // Connections that broke off are refused when they are opened again, and fail one by one in many ways.
  const isBroken = '-1' in errors || 'ERROR' in errors
  return isBroken ? new MeasurementFault('ConnectionLost', fault.message) : fault
}

/** Why, in its log: the error of a connection or call, else what it gave up for. */
function reason(stderr: string): string | undefined {
  return [/err=\\*"([^"\\]+)/, /^Aborting because of (.+)$/m, /(rpc error: [^"\\]+)/]
    .map((pattern) => pattern.exec(stderr)?.[1])
    .find((said) => said !== undefined)
}
