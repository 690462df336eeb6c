import type { LintFinding, LintSeverity, LintTarget } from '../../lint-finding.ts'
import type { MergedValues } from '../../values/merged-values.ts'

/** Looks for settings that do not go together. */
export type Check = (values: MergedValues, target: LintTarget) => readonly LintFinding[]

/**
 * What a feature needs: an error where the files say otherwise, and a warning where they say nothing and the chart's
 * default is not it, for the rest may be set elsewhere.
 */
export function needs(isSet: boolean): LintSeverity {
  return isSet ? 'error' : 'warning'
}

/** Clouds and AKS set the mode themselves. */
export function isTunnel(values: MergedValues, minor: number): boolean {
  const mode = values.scalar('routingMode')
  if (minor <= 14 && values.scalar('tunnel') === 'disabled') return false
  if (mode === 'native') return false
  const native = ['gke.enabled', 'eni.enabled', 'azure.enabled', 'alibabacloud.enabled'].some((path) =>
    values.isOn(path),
  )
  const chained = values.scalar('cni.chainingMode')
  return mode === 'tunnel' || !(native || (chained !== undefined && chained !== 'none' && chained !== ''))
}
