import type { RunRecord } from '../../../../lib/record/run-record.ts'
import { recorded } from './recorded.ts'

/** What somebody may call a pod, a node, a label or a context who wants to get into the page of the run. */
export const HOSTILE_TEXTS = [
  '</script><img src=x onerror=window.injected=1>',
  '"><script>window.injected=2</script>',
  "' onmouseover='window.injected=3",
  '<!--<script>',
  '\u202egnp.exe\u2066',
  '\u001b[31mred\u0007\u0000\u009b',
  'a\u2028b\u2029c\ud800',
  'javascript:window.injected=4',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a text that looks like a template
  '${window.injected=5} {{7*7}} &amp; ]]>',
] as const

/** A density record, and details of all other commands, in which every text is hostile. */
export function hostileRecord(text: string = HOSTILE_TEXTS.join(' ')): RunRecord {
  const record = recorded('density')
  const hostile = (value: unknown): unknown => {
    if (typeof value === 'string') return text
    if (Array.isArray(value)) return value.map(hostile)
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hostile(inner)]))
    }
    return value
  }
  const { parameters, cluster, findings } = record
  return {
    ...record,
    cluster: { ...cluster, context: text, serverVersion: text, platform: text },
    parameters: { ...(hostile(parameters) as RunRecord['parameters']), [text]: text },
    phases: record.phases.map((phase) => ({ ...phase, name: text, note: text })),
    metrics: record.metrics.map((metric) => ({ ...metric, labels: { ...metric.labels, [text]: text }, source: text })),
    thresholds: [{ expression: text, observed: 1, passed: false, series: { [text]: text } }],
    findings: findings.map((finding) => ({ ...finding, message: text, advice: text, objects: [text, text] })),
    details: {
      ...record.details,
      pods: (record.details.pods as { server?: unknown }[]).map((pod) => ({ ...pod, name: text, node: text })),
      slowestPods: (record.details.slowestPods as object[]).map((pod) => ({
        ...pod,
        name: text,
        namespace: text,
        node: text,
      })),
      imagePulls: { pulled: 1, alreadyPresent: 0, images: [{ image: text, pulls: 1, bytes: 1 }] },
    },
    series: [
      {
        metric: 'apiserver_request_rate',
        unit: '1/s',
        labels: { [text]: text },
        source: text,
        points: [
          [0, 1],
          [1, null],
          [2, 3],
        ],
      },
    ],
  }
}
