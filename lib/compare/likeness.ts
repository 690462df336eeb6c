import type { Difference } from '../record/details/compare-details.ts'
import type { RunRecord } from '../record/run-record.ts'

/** Options that say where the cluster is, how the result is written, or how long to wait: not what is measured. */
const IRRELEVANT = new Set(
  `kubeconfig context cluster user namespace server token as asGroup asUid certificateAuthority clientCertificate
  clientKey tlsServerName insecureSkipTlsVerify requestTimeout output outputFile outputDir noHeaders color
  quiet v top sort perNode perNodeDetail advise watch interval threshold thresholdFile strict timeout keep dryRun yes
  prometheus prometheusTokenFile prometheusUser prometheusCertificateAuthority imageRegistry imagePullSecret repeat
  samples benchSamples failFast pendingGrace`.split(/\s+/),
)

/** What the two sides were asked to measure differently: figures of different loads say nothing of each other. */
export function unlikeParameters(base: readonly RunRecord[], next: readonly RunRecord[]): Difference[] {
  const names = new Set([...base, ...next].flatMap(({ parameters }) => Object.keys(parameters)))
  return [...names].flatMap((name) => {
    if (IRRELEVANT.has(name)) return []
    const text = ({ parameters }: RunRecord) => JSON.stringify(parameters[name]) ?? 'unset'
    return difference(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, base, next, text)
  })
}

/** Where they were measured differently: that may be what the comparison is for. */
export function unlikeEnvironments(base: readonly RunRecord[], next: readonly RunRecord[]): Difference[] {
  return [
    ...difference('Kubernetes', base, next, ({ cluster }) => cluster.serverVersion),
    ...difference('nodes', base, next, ({ cluster }) => String(cluster.nodes ?? 'unknown')),
    ...difference('platform', base, next, ({ cluster }) => cluster.platform),
    ...difference('context', base, next, ({ cluster }) => cluster.context),
    ...difference('kubectl-perf', base, next, ({ tool }) => tool.version),
  ]
}

function difference(
  what: string,
  base: readonly RunRecord[],
  next: readonly RunRecord[],
  text: (run: RunRecord) => string,
): Difference[] {
  const [before, after] = [distinct(base.map(text)), distinct(next.map(text))]
  const isAlike = before.length === 1 && after.length === 1 && before[0] === after[0]
  return isAlike ? [] : [{ what, base: before.join(', '), next: after.join(', ') }]
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted()
}
