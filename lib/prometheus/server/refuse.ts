import type { WholeAnswer } from '../../kube/http/exchange-over.ts'
import { PrometheusError } from './prometheus-error.ts'
import { parseRefusal } from './result.ts'

const CREDENTIALS_ADVICE = [
  'give a bearer token with --prometheus-token-file or in PERF_PROMETHEUS_TOKEN (OpenShift: oc whoami -t), or a user with --prometheus-user and the password in PERF_PROMETHEUS_PASSWORD',
]
const MAX_SHOWN_CHARACTERS = 300

interface Asked {
  /** How messages call it. */
  label: string
  expression: string
  hasCredentials: boolean
}

/** Makes an error of an answer that is not a result. */
export function refusalOf({ code, headers, body }: WholeAnswer, { label, expression, hasCredentials }: Asked): Error {
  const refusal = parseRefusal(body.toString('utf8'))
  if (refusal !== undefined && code !== 401 && code !== 403) {
    const reason = [refusal.errorType, refusal.error].filter((text) => text !== '').join(': ')
    return new PrometheusError(`error: Prometheus ${label} refused a query: ${shorten(reason)}`, {
      kind: code === 503 ? 'unreachable' : 'query',
      advice: [`the query: ${shorten(expression)}`],
    })
  }
  if (code === 401 || code === 403) {
    const what = code === 401 ? '401 Unauthorized' : '403 Forbidden'
    return new PrometheusError(
      hasCredentials
        ? `error: Prometheus ${label} does not accept the credentials it was given: ${what}`
        : `error: Prometheus ${label} wants to know who asks: ${what}`,
      { kind: 'credentials', advice: CREDENTIALS_ADVICE },
    )
  }
  if (code >= 300 && code < 400) {
    return new PrometheusError(
      `error: Prometheus ${label} sends elsewhere, to ${shorten(headers.location ?? 'nowhere')}`,
      {
        kind: 'bad-answer',
        advice: [
          'use that address where it is Prometheus itself; where it is a page to log in, give a bearer token',
          ...CREDENTIALS_ADVICE,
        ],
      },
    )
  }
  if (code === 404) {
    return new PrometheusError(`error: there is no Prometheus API at ${label}: 404 Not Found`, {
      kind: 'bad-answer',
      advice: [
        'check the path: Prometheus may lie below one, such as /prometheus, or /select/0/prometheus of VictoriaMetrics',
      ],
    })
  }
  if (code >= 500 || code === 429) {
    return new PrometheusError(`error: Prometheus ${label} answered with HTTP status ${code}`, { kind: 'unreachable' })
  }
  const type = headers['content-type'] === undefined ? '' : ` of type ${shorten(headers['content-type'])}`
  return new PrometheusError(`error: what answers at ${label} is no Prometheus: HTTP status ${code}, a body${type}`, {
    kind: 'bad-answer',
    advice: ['check the address and the port: that of Prometheus itself, not of Grafana or Alertmanager'],
  })
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN_CHARACTERS ? text : `${text.slice(0, MAX_SHOWN_CHARACTERS)}…`
}
