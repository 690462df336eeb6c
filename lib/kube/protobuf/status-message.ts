import { type Field, integer, message, text } from './decode.ts'
import { objectIn } from './envelope.ts'

const texts = (...fields: readonly (readonly [number, string])[]): Record<number, Field> =>
  Object.fromEntries(fields.map(([number, name]) => [number, { name, decode: text }]))

const cause = message(texts([1, 'reason'], [2, 'message'], [3, 'field']))
const details = message({
  ...texts([1, 'name'], [2, 'group'], [3, 'kind']),
  4: { name: 'causes', decode: cause, repeated: 'list' },
  5: { name: 'retryAfterSeconds', decode: integer },
})
const status = message<Readonly<Record<string, unknown>>>({
  ...texts([3, 'message'], [4, 'reason']),
  5: { name: 'details', decode: details },
})

/**
 * What a refusal in protobuf says: a metav1.Status, with the names of its JSON. Whoever accepts protobuf is also refused
 * in it. Undefined for a body that is none.
 */
export function statusIn(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const object = objectIn(body)
    return object === undefined ? undefined : status(object, 0, object.length)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
