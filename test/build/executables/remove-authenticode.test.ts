import { expect, test } from 'vitest'
import { removeAuthenticode } from '../../../build/executables/remove-authenticode.ts'

const PE = 128
const OPTIONAL_HEADER = PE + 24
const CERTIFICATE_TABLE = OPTIONAL_HEADER + 112 + 8 * 4
const CHECKSUM = OPTIONAL_HEADER + 64

/** A Windows program with as many bytes of signature behind it. */
function program(signatureBytes: number): Buffer {
  const content = Buffer.alloc(1024, 7)
  content.write('MZ', 0, 'latin1')
  content.writeUInt32LE(PE, 0x3c)
  content.write('PE\0\0', PE, 'latin1')
  content.writeUInt16LE(0x20b, OPTIONAL_HEADER)
  content.writeUInt32LE(signatureBytes === 0 ? 0 : content.length, CERTIFICATE_TABLE)
  content.writeUInt32LE(signatureBytes, CERTIFICATE_TABLE + 4)
  return Buffer.concat([content, Buffer.alloc(signatureBytes, 1)])
}

test('the signature goes, with its entry and the checksum; all else stays', () => {
  const signed = program(64)
  const expected = Buffer.from(signed.subarray(0, 1024))
  expected.fill(0, CERTIFICATE_TABLE, CERTIFICATE_TABLE + 8)
  expected.fill(0, CHECKSUM, CHECKSUM + 4)
  expect(removeAuthenticode(signed)).toEqual(expected)
  expect(signed).toEqual(program(64))
})

test('a program without a signature stays as it is', () => {
  expect(removeAuthenticode(program(0))).toEqual(program(0))
})

test('what is no Windows program, or has something behind the signature, is refused', () => {
  expect(() => removeAuthenticode(Buffer.from('MZ'))).toThrow('Not a 64-bit Windows program')
  expect(() => removeAuthenticode(Buffer.alloc(1024))).toThrow('Not a 64-bit Windows program')
  const is32Bit = program(0)
  is32Bit.writeUInt16LE(0x10b, OPTIONAL_HEADER)
  expect(() => removeAuthenticode(is32Bit)).toThrow('Not a 64-bit Windows program')
  expect(() => removeAuthenticode(Buffer.concat([program(64), Buffer.alloc(1)]))).toThrow('not at the end')
})
