import { FormatRegistry } from '@sinclair/typebox'
import { UsageError } from '../errors/perf-error.ts'
import { parseJsonFile } from './json.ts'
import { type RunRecord, RunRecordSchema } from './run-record.ts'
import { schemaFault } from './schema-fault.ts'

/** RFC 3339. Date.parse alone takes more: `2026-11-20 (anything)`. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/**
 * Reads the text of a run.json.
 * @param name of the file, for messages
 * @throws UsageError when it is no JSON, no record of a run, damaged, or of a newer version
 */
export function parseRecord(text: string, name: string): RunRecord {
  const record = parseJsonFile(text, name)
  if (!isOfThisTool(record)) throw new UsageError(`"${name}" is not the record of a kubectl-perf run`)
  const { schemaVersion } = record
  if (typeof schemaVersion === 'number' && schemaVersion > RunRecordSchema.properties.schemaVersion.const) {
    throw new UsageError(`"${name}" was written by a newer kubectl-perf (schema ${schemaVersion})`, {
      advice: ['update this one, or use the one that wrote it'],
    })
  }
  // The library knows no formats by itself, and takes what it does not know for wrong.
  FormatRegistry.Set('date-time', (value) => TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value)))
  const fault = schemaFault(RunRecordSchema, record)
  if (fault !== undefined) throw new UsageError(`"${name}" is damaged: ${fault.path || '/'}: ${fault.message}`)
  return record as RunRecord
}

function isOfThisTool(value: unknown): value is { schemaVersion: unknown } {
  if (typeof value !== 'object' || value === null) return false
  const { tool } = value as { tool?: { name?: unknown } }
  return tool?.name === 'kubectl-perf' && 'schemaVersion' in value
}
