import type { PodObject } from './pod-status.ts'

const MANAGED_FIELDS = Buffer.from('"managedFields":[')
const END_OF_METADATA = Buffer.from(']},"spec":{')

/** The pod of a watch line `{"type":…,"object":{…}}`, without its managedFields. */
export function podOfLine(line: Buffer): PodObject {
  return (JSON.parse(withoutManagedFields(line)) as { object: PodObject }).object
}

/**
 * The JSON of an object with a spec, or of a line that has one, without its managedFields, which are more than half of it
 * and of no use here. They are cut out before parsing: the API server writes them last in the metadata, and the bytes that
 * end them cannot occur inside a JSON string, where a quote has a backslash. Text of another shape is given whole.
 */
export function withoutManagedFields(json: Buffer): string {
  const start = json.indexOf(MANAGED_FIELDS)
  const end = start === -1 ? -1 : json.indexOf(END_OF_METADATA, start)
  return end === -1
    ? json.toString()
    : `${json.toString('utf8', 0, start)}"managedFields":[${json.toString('utf8', end)}`
}
