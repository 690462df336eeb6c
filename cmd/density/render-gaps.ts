import type { RunRecord } from '../../lib/record/run-record.ts'
import type { RenderOptions } from '../render-record.ts'
import { textLines } from '../text-layout.ts'

/** What has no table because nothing of it is known; why stands among the findings of the wide table. */
export function renderGaps({ metrics, findings }: RunRecord, { wide, columns: width }: RenderOptions): string {
  if (wide) return ''
  const isMissing = (code: string, ...names: readonly string[]) =>
    findings.some((finding) => finding.code === code) && !metrics.some(({ name }) => names.includes(name))
  const missing = [
    ...(isMissing('MetricsForbidden', 'apiserver_request_latency') ? ['the API server'] : []),
    ...(isMissing('NodeUsageUnknown', 'node_cpu_usage', 'node_memory_usage') ? ['nodes'] : []),
  ]
  return missing.length === 0 ? '' : textLines(`No figures of ${missing.join(' or of ')}: -o wide says why.`, width)
}
