import type { TSchema } from '@sinclair/typebox'
import { ValueErrorType } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'

/**
 * Where a value is not as its schema says; undefined where it is. Keys that the schema does not have are no fault: a later
 * version of this program may write more.
 */
export function schemaFault(schema: TSchema, value: unknown): { path: string; message: string } | undefined {
  if (Value.Check(schema, value)) return undefined
  for (const { type, path, message } of Value.Errors(schema, value)) {
    if (type !== ValueErrorType.ObjectAdditionalProperties) return { path, message }
  }
  return undefined
}
