import { parseCiliumVersion } from '../../../../lib/cilium/cilium-version.ts'
import { readKeyTable } from '../../../../lib/cilium/lint/known-keys/key-table.ts'
import type { LintFinding } from '../../../../lib/cilium/lint/lint-finding.ts'
import { lintValues } from '../../../../lib/cilium/lint/lint-values.ts'
import { readValuesFile } from '../../../../lib/cilium/lint/values/values-file.ts'

const table = readKeyTable()

/** The findings for values as text; several texts are several files. */
export function lintText(version: string, ...texts: readonly string[]): readonly LintFinding[] {
  const parsed = parseCiliumVersion(version)
  if (parsed === undefined) throw new Error(`no version: ${version}`)
  const files = texts.map((text, index) => readValuesFile(text, index === 0 ? 'values.yaml' : `more-${index}.yaml`))
  return lintValues(files, parsed, table).findings
}

/** `error 3 UnknownKey bpf.natMapMax: no such key: Helm ignores it → bpf.natMax` for each finding. */
export function lintLines(version: string, ...texts: readonly string[]): readonly string[] {
  return lintText(version, ...texts).map(
    ({ severity, place, code, path, message, advice }) =>
      `${severity} ${place.line} ${code} ${path}: ${message}${advice === undefined ? '' : ` → ${advice}`}`,
  )
}
