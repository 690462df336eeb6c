import type { Pass } from '../engines/engine.ts'
import type { Reading, RequestReading } from '../reading.ts'

/**
 * What the passes of one sample have shown, as one reading: of requests the rate is that of the pass which found it, the
 * latency that of the pass which measured it at a share of that rate, and errors are those of both.
 */
export function combinePasses(passes: ReadonlyMap<Pass, Reading>): Reading | undefined {
  const [first, ...others] = passes.values()
  if (first === undefined || others.length === 0) return first
  const [rate, latency] = [passes.get('rate'), passes.get('latency')]
  if (rate?.requests === undefined || latency?.requests === undefined) return first
  return { ...rate, requests: combineRequests(rate.requests, latency.requests) }
}

function combineRequests(rate: RequestReading, latency: RequestReading): RequestReading {
  const { latency: _, openLoop: __, ...counted } = rate
  const errors: Record<string, number> = { ...rate.errors }
  for (const [code, count] of Object.entries(latency.errors)) errors[code] = (errors[code] ?? 0) + count
  return {
    ...counted,
    errors,
    ...(latency.latency === undefined ? {} : { latency: latency.latency }),
    ...(latency.openLoop === undefined ? {} : { openLoop: latency.openLoop }),
  }
}
