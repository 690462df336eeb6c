const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Gets a field's number and where its value lies: the content of text and messages, the bytes of numbers. */
export type VisitField = (field: number, from: number, to: number) => void

/**
 * Visits the fields of a protobuf message in their order, without copying anything (protobuf.dev: Encoding). What the
 * visitor does not know it leaves alone, as the format wants it.
 * @param from where the message lies in `bytes`
 * @throws RangeError for bytes that are no message
 */
export function eachField(bytes: Buffer, from: number, to: number, visit: VisitField): void {
  let at = from
  while (at < to) {
    const tag = varintAt(bytes, at)
    at = endOfVarint(bytes, at)
    const type = tag & 7
    let start = at
    if (type === VARINT) at = endOfVarint(bytes, at)
    else if (type === BYTES) {
      start = endOfVarint(bytes, at)
      at = start + varintAt(bytes, at)
    } else if (type === FIXED64) at += 8
    else if (type === FIXED32) at += 4
    else throw new RangeError(`a protobuf message has a field of type ${type}`)
    if (at > to) throw new RangeError('a protobuf message ends amid a field')
    visit(tag >>> 3, start, at)
  }
}

/** The number that begins there: low bits first, seven in each byte. Exact up to 2^53. */
export function varintAt(bytes: Buffer, from: number): number {
  let value = 0
  let scale = 1
  for (let at = from; ; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) throw new RangeError('a protobuf message ends amid a number')
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
    scale *= 128
  }
}

function endOfVarint(bytes: Buffer, from: number): number {
  let at = from
  while ((bytes[at] ?? 0) >= 0x80) at += 1
  return at + 1
}
