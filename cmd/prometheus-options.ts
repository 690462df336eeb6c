import { choiceFault } from '../lib/record/prometheus-choice.ts'
import { inGroup, type OptionValues } from './option-table.ts'

/**
 * Which Prometheus a command asks, and as whom. What is secret comes from files or the environment, never from the command
 * line.
 * @param what the command does with it, to go on from "Prometheus to "
 */
export function prometheusOptions<const Default extends 'auto' | 'none'>(byDefault: Default, what: string) {
  return inGroup('Prometheus options', {
    prometheus: {
      kind: 'text',
      valueName: 'WHICH',
      default: byDefault,
      description: `Prometheus to ${what}: auto finds the cluster's own, none asks none; else its URL, svc/NAMESPACE/NAME[:PORT] of a Service in the cluster, or pod/NAMESPACE/NAME[:PORT]. Thanos and VictoriaMetrics will do`,
      check: choiceFault,
    },
    'prometheus-token-file': {
      kind: 'text',
      valueName: 'FILE',
      description:
        'File with the bearer token for a Prometheus that asks for one; or put the token itself into PERF_PROMETHEUS_TOKEN',
      complete: 'files',
    },
    'prometheus-user': {
      kind: 'text',
      valueName: 'NAME',
      description: 'User for a Prometheus that asks for one; the password is read from PERF_PROMETHEUS_PASSWORD',
    },
    'prometheus-certificate-authority': {
      kind: 'text',
      valueName: 'FILE',
      description: 'Path to a cert file for the authority that has signed the certificate of an https:// Prometheus',
      complete: 'files',
    },
  })
}

/** Of a measuring command: series of its own time. */
export const seriesOptions = prometheusOptions('none', 'read time series of the run from')

export type PrometheusValues = OptionValues<typeof seriesOptions>
