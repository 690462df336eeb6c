import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseMachO } from '../../../build/executables/mach-o.ts'
import { signMachO } from '../../../build/executables/sign-mach-o.ts'

// The real programs are checked by packages.cluster.test.ts, with a program of its own; here are the cases they do not have.

const PAGE = 4096

/** A Mach-O file of three pages: header, one section of code, link information. */
function program({ firstContent = 1024, names = ['__TEXT', '__LINKEDIT'] } = {}): Buffer {
  const file = Buffer.alloc(3 * PAGE - 100, 0x90)
  file.fill(0, 0, firstContent)
  file.writeUInt32LE(0xfeedfacf, 0)
  file.writeUInt32LE(names.length, 16)
  let command = 32
  for (const [index, name] of names.entries()) {
    const sections = index === 0 ? 1 : 0
    const size = 72 + 80 * sections
    file.writeUInt32LE(0x19, command)
    file.writeUInt32LE(size, command + 4)
    file.write(name, command + 8, 'latin1')
    file.writeBigUInt64LE(BigInt(0x1_0000_0000 + index * 2 * PAGE), command + 24)
    file.writeBigUInt64LE(BigInt(index * 2 * PAGE), command + 40)
    file.writeBigUInt64LE(BigInt(index === 0 ? 2 * PAGE : PAGE - 100), command + 48)
    file.writeUInt32LE(sections, command + 64)
    if (sections === 1) file.writeUInt32LE(firstContent, command + 72 + 48)
    command += size
  }
  file.writeUInt32LE(command - 32, 20)
  return file
}

test('the signature has the hash of every page, of the header as it is then', () => {
  const original = program()
  const before = Buffer.from(original)
  const signed = signMachO(original, 'a-program')
  expect(original).toEqual(before)

  const { codeSignatureCommand = 0, segments } = parseMachO(signed)
  const start = signed.readUInt32LE(codeSignatureCommand + 8)
  expect(start).toBe(Math.ceil(original.length / 16) * 16)
  expect(start + signed.readUInt32LE(codeSignatureCommand + 12)).toBe(signed.length)
  expect(segments.map(({ fileOffset, fileBytes }) => fileOffset + fileBytes)).toEqual([2 * PAGE, signed.length])

  const directory = signed.subarray(start + signed.readUInt32BE(start + 16))
  expect(directory.readUInt32BE(0)).toBe(0xfade0c02)
  const firstHash = directory.readUInt32BE(16)
  for (const page of [0, 1, 2]) {
    const content = signed.subarray(page * PAGE, Math.min((page + 1) * PAGE, start))
    const hash = createHash('sha256').update(content).digest()
    expect(directory.subarray(firstHash + 32 * page, firstHash + 32 * (page + 1))).toEqual(hash)
  }
  expect(directory.toString('latin1', 88, 98)).toBe('a-program\0')
})

test('a signature that is there is replaced: signing again changes nothing', () => {
  const signed = signMachO(program(), 'a-program')
  expect(signMachO(signed, 'a-program')).toEqual(signed)
  expect(signMachO(signMachO(program(), 'other-name-of-another-length'), 'a-program')).toEqual(signed)
})

test('what cannot be signed is refused', () => {
  expect(() => signMachO(Buffer.from('#!/bin/sh\n'), 'a')).toThrow('Not a Mach-O file for one 64-bit processor')
  // Two segments and a section end at 32 + 152 + 72.
  expect(() => signMachO(program({ firstContent: 256 + 15 }), 'a')).toThrow('no room')
  expect(() => signMachO(program({ firstContent: 256 + 16 }), 'a')).not.toThrow()
  expect(() => signMachO(program({ names: ['__TEXT', '__DATA'] }), 'a')).toThrow('no __LINKEDIT')
  expect(() => signMachO(program({ names: ['__TEXT', '__LINKEDIT', '__DATA'] }), 'a')).toThrow('not the last segment')
})
