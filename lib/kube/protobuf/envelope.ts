import { eachField } from './each-field.ts'

/** What to accept: protobuf where the server has it for the kind, else JSON. */
export const PROTOBUF_OR_JSON = 'application/vnd.kubernetes.protobuf,application/json'

/** Four bytes before a runtime.Unknown, which holds the object (kubernetes.io: API Concepts, Protobuf encoding). */
const MAGIC = Buffer.from('k8s\0')
const RAW = 2

/**
 * Where in an answer in protobuf its object lies.
 * @returns undefined for an answer in another encoding
 * @throws RangeError for one that is cut off
 */
export function objectIn(body: Buffer): Buffer | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  let object: Buffer = body.subarray(0, 0)
  eachField(body, MAGIC.length, body.length, (field, from, to) => {
    if (field === RAW) object = body.subarray(from, to)
  })
  return object
}
