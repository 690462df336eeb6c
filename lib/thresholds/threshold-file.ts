import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { UsageError } from '../errors/perf-error.ts'
import { OPERATORS, type Operator, parseThreshold, type Threshold } from './threshold.ts'

// In the {metricName, operator, value} form the operator says when the threshold fails.
const opposite: Record<Operator, Operator> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' }

const statistics: Readonly<Record<string, string>> = {
  '': '.p99',
  P50: '.p50',
  P90: '.p90',
  P95: '.p95',
  P99: '.p99',
  Max: '.max',
  Avg: '.mean',
}

/**
 * Reads thresholds from YAML: a list of expressions, or of `{metricName, operator, value}` (also under a key
 * `thresholds`), where podLatency and apiLatency, with P50 … P99, Max or Avg behind them, are in milliseconds.
 * @throws UsageError with the file's name and line
 */
export function parseThresholdFile(text: string, fileName: string): Threshold[] {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter })
  const fail = (message: string, offset = 0): never => {
    throw new UsageError(`${fileName}:${lineCounter.linePos(offset).line}: ${message}`)
  }
  const [problem] = document.errors
  if (problem !== undefined) fail(problem.message.split('\n')[0] ?? 'not YAML', problem.pos[0])
  const root = isMap(document.contents) ? document.contents.get('thresholds', true) : document.contents
  if (!isSeq(root)) return fail('expected a list of thresholds')
  return root.items.map((item) => {
    const offset = (item as { range?: [number, number, number] }).range?.[0] ?? 0
    const expression = isScalar(item) && typeof item.value === 'string' ? item.value : undefined
    try {
      if (expression !== undefined) return parseThreshold(expression)
      if (isMap(item)) return fromFields(item.toJSON() as Record<string, unknown>)
    } catch (error) {
      if (error instanceof UsageError) fail(error.message, offset)
      throw error
    }
    return fail('expected an expression such as "pod_ready_latency.p99<5s", or metricName, operator and value', offset)
  })
}

function fromFields(fields: Record<string, unknown>): Threshold {
  const { metricName, operator, value, ...others } = fields
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new UsageError(`unknown key "${unknown}", use metricName, operator and value`)
  if (typeof metricName !== 'string') throw new UsageError('metricName is missing')
  if (!OPERATORS.includes(operator as Operator)) {
    throw new UsageError(`operator ${JSON.stringify(operator)} is not one of ${OPERATORS.join(' ')}`)
  }
  if (typeof value !== 'number') throw new UsageError(`value ${JSON.stringify(value)} is not a number`)
  const known = /^(podLatency|apiLatency)(P50|P90|P95|P99|Max|Avg)?$/.exec(metricName)
  const metric =
    known === null
      ? metricName
      : `${known[1] === 'podLatency' ? 'pod_ready_latency' : 'api_request_latency'}${statistics[known[2] ?? '']}`
  return parseThreshold(`${metric}${opposite[operator as Operator]}${value}${known === null ? '' : 'ms'}`)
}
