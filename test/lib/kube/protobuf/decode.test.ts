import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiErrorOf } from '../../../../lib/kube/api-error.ts'
import { entry, flag, integer, message, text, time } from '../../../../lib/kube/protobuf/decode.ts'
import { eachField } from '../../../../lib/kube/protobuf/each-field.ts'
import { objectIn } from '../../../../lib/kube/protobuf/envelope.ts'

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/maxpods/${name}`, import.meta.url))

// An encoder of its own, by the rules of protobuf.dev, with integers of any size.
function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest === 0n ? low : low | 0x80)
  } while (rest !== 0n)
  return Buffer.from(bytes)
}
const tag = (field: number, type: number) => varint(BigInt(field) * 8n + BigInt(type))
const bytesField = (field: number, content: Buffer) =>
  Buffer.concat([tag(field, 2), varint(BigInt(content.length)), content])
const numberField = (field: number, value: bigint) => Buffer.concat([tag(field, 0), varint(value)])

test('fields are found by their numbers, whatever else lies between them', () => {
  const number = fc.integer({ min: 1, max: 536_870_911 })
  const one = fc.oneof(
    fc.tuple(number, fc.string({ unit: 'grapheme' })).map(([field, content]) => {
      const encoded = Buffer.from(content)
      return { encoded: bytesField(field, encoded), field, value: encoded }
    }),
    fc
      .tuple(number, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
      .map(([field, value]) => ({ encoded: numberField(field, value), field, value: varint(value) })),
    fc
      .tuple(number, fc.constantFrom([1, 8] as const, [5, 4] as const), fc.uint8Array({ minLength: 8, maxLength: 8 }))
      .map(([field, [type, length], content]) => {
        const value = Buffer.from(content).subarray(0, length)
        return { encoded: Buffer.concat([tag(field, type), value]), field, value }
      }),
  )
  fc.assert(
    fc.property(fc.array(one), (fields) => {
      const whole = Buffer.concat(fields.map(({ encoded }) => encoded))
      const seen: { field: number; value: Buffer }[] = []
      eachField(whole, 0, whole.length, (field, from, to) => seen.push({ field, value: whole.subarray(from, to) }))
      expect(seen).toEqual(fields.map(({ field, value }) => ({ field, value })))
    }),
  )
})

test('whatever bytes come, they are a message or a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (content) => {
      const bytes = Buffer.from(content)
      try {
        eachField(bytes, 0, bytes.length, (_, from, to) => expect(to).toBeGreaterThanOrEqual(from))
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
  const cut = bytesField(1, Buffer.from('text')).subarray(0, -1)
  expect(() => eachField(cut, 0, cut.length, () => {})).toThrow(RangeError)
})

test('texts, lists, maps, numbers and times get the names and forms that they have in JSON', () => {
  const word = (field: number, content: string) => bytesField(field, Buffer.from(content))
  const bytes = Buffer.concat([
    word(1, 'größe'),
    word(2, ''),
    word(3, 'a'),
    word(3, ''),
    bytesField(4, Buffer.concat([word(1, 'key'), word(2, '')])),
    numberField(5, 1n),
    numberField(6, 2n ** 40n),
    bytesField(7, numberField(1, 1_795_000_000n)),
    word(99, 'unknown'),
  ])
  const decode = message({
    1: { name: 'text', decode: text },
    2: { name: 'unset', decode: text },
    3: { name: 'list', decode: text, repeated: 'list' },
    4: { name: 'map', decode: entry(text), repeated: 'map' },
    5: { name: 'flag', decode: flag },
    6: { name: 'integer', decode: integer },
    7: { name: 'time', decode: time },
  })
  expect(decode(bytes, 0, bytes.length)).toEqual({
    text: 'größe',
    list: ['a', ''],
    map: { key: '' },
    flag: true,
    integer: 2 ** 40,
    time: '2026-11-18T11:06:40Z',
  })
})

test('JSON is not taken for protobuf', () => {
  expect(objectIn(Buffer.from('{"kind":"PodList"}'))).toBeUndefined()
  expect(objectIn(Buffer.alloc(0))).toBeUndefined()
})

test('a refusal in protobuf is told in the words of one in JSON', () => {
  const error = apiErrorOf(403, fixture('forbidden.protobuf'), undefined)
  expect(error).toMatchObject({
    code: 403,
    reason: 'Forbidden',
    message:
      'Error from server (Forbidden): pods is forbidden: User "restricted" cannot list resource "pods" in API group "" in the namespace "shapes"',
    details: { kind: 'pods' },
    foreignBody: undefined,
  })
  const cut = fixture('forbidden.protobuf').subarray(0, 60)
  expect(apiErrorOf(403, cut, undefined)).toMatchObject({ code: 403, reason: 'Forbidden' })
})
