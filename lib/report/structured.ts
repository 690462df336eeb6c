import { stringify } from 'yaml'
import type { RunRecord } from '../record/run-record.ts'
import { jsonChunks } from './json-chunks.ts'

/** The record as JSON, or a list of several, in parts: exactly the object, two spaces, one newline at the end. */
export function* toJson(records: RunRecord | readonly RunRecord[]): Generator<string> {
  yield* jsonChunks(records)
  yield '\n'
}

/** The record as YAML; long lines are not folded, so that messages stay greppable. */
export function toYaml(record: RunRecord): string {
  return stringify(record, { lineWidth: 0, aliasDuplicateObjects: false })
}
