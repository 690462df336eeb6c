import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileFault } from '../lib/errors/file-fault.ts'
import { UsageError } from '../lib/errors/perf-error.ts'
import type { KubeClient } from '../lib/kube/client.ts'
import type { PrometheusAccess } from '../lib/prometheus/server/access.ts'
import type { PrometheusConnection } from '../lib/prometheus/server/connect.ts'
import { type PrometheusChoice, parsePrometheusChoice } from '../lib/record/prometheus-choice.ts'
import type { Context } from './command.ts'
import { refuseIdleOptions } from './idle-options.ts'
import { type PrometheusValues, seriesOptions } from './prometheus-options.ts'

const QUERY_TIMEOUT_MS = 30_000

/** A Prometheus as the options name it, with all that is read from files and the environment. */
export interface PrometheusRequest {
  choice: PrometheusChoice
  access: PrometheusAccess
}

/**
 * Reads what the options and the environment say of Prometheus, before anything is asked. Options that are about one are
 * refused where none is named.
 * @throws UsageError
 */
export async function prometheusRequest(values: PrometheusValues, context: Context): Promise<PrometheusRequest> {
  const { PERF_PROMETHEUS_TOKEN: variable, PERF_PROMETHEUS_PASSWORD: password } = context.environment
  const choice = parsePrometheusChoice(values.prometheus)
  if (choice.kind === 'none') {
    refuseIdleOptions(values, seriesOptions, 'prometheus')
    return { choice, access: { variables: context.environment, timeoutMs: QUERY_TIMEOUT_MS } }
  }
  const read = (flag: string, file: string) =>
    readFile(resolve(context.workingDirectory, file), 'utf8').catch((error: unknown) => {
      throw new UsageError(`cannot read "${file}", the file of ${flag}: ${fileFault(error)}`)
    })
  const { prometheusTokenFile: file, prometheusUser: name, prometheusCertificateAuthority: authority } = values
  const token = file === undefined ? variable : await read('--prometheus-token-file', file)
  if (name !== undefined && (password === undefined || password === '')) {
    throw new UsageError('--prometheus-user needs the password in the environment: PERF_PROMETHEUS_PASSWORD')
  }
  if (name !== undefined && token) {
    throw new UsageError('give --prometheus-user or a token for Prometheus, not both')
  }
  return {
    choice,
    access: {
      token: checkToken(token),
      user: name === undefined || password === undefined ? undefined : { name, password },
      certificateAuthority:
        authority === undefined
          ? undefined
          : checkCertificate(await read('--prometheus-certificate-authority', authority), authority),
      variables: context.environment,
      timeoutMs: QUERY_TIMEOUT_MS,
    },
  }
}

function checkCertificate(text: string, file: string): string {
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new UsageError(`the file of --prometheus-certificate-authority has no certificate in it: ${file}`)
}

/** An empty variable counts as none, as in kubectl. */
function checkToken(text: string | undefined): string | undefined {
  const token = text?.trim()
  if (token === undefined || token === '') return undefined
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new UsageError('the token for Prometheus is no token: it has spaces, line ends or other letters in it')
}

/**
 * The Prometheus that was asked for; see `connectPrometheus`.
 * @throws PrometheusError, PermissionError, ApiError, or the signal's reason
 */
export async function connectToPrometheus(
  { choice, access }: PrometheusRequest,
  client: KubeClient,
  context: Context,
): Promise<PrometheusConnection> {
  if (choice.kind === 'none') return { prometheus: undefined, findings: [] }
  const { connectPrometheus } = await import('../lib/prometheus/server/connect.ts')
  return connectPrometheus(client, choice, { access, signal: context.signal })
}
