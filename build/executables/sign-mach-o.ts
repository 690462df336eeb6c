import { createHash } from 'node:crypto'
import { codeSignatureOffset, parseMachO, resizeSegment, setCodeSignature } from './mach-o.ts'

// The form of a signature: bsd/sys/codesign.h and osfmk/kern/cs_blobs.h of Apple's XNU. All numbers are big-endian.
const EMBEDDED_SIGNATURE = 0xfade0cc0
const CODE_DIRECTORY = 0xfade0c02
const REQUIREMENTS = 0xfade0c01
const CMS_SIGNATURE = 0xfade0b01
const CODE_DIRECTORY_SLOT = 0
const REQUIREMENTS_SLOT = 2
const CMS_SIGNATURE_SLOT = 0x10000
/** The version that says which part of the file is the main program. */
const WITH_EXECUTABLE_SEGMENT = 0x20400
const CODE_DIRECTORY_HEADER_BYTES = 88
const ADHOC = 0x2
const SHA_256 = 2
const HASH_BYTES = 32
const PAGE_BITS = 12
const PAGE_BYTES = 1 << PAGE_BITS
const MAIN_BINARY = 1n
/** Hashes of what is beside the code: of Info.plist (none) and of the requirements. */
const SPECIAL_SLOTS = 2
/** Segments begin and end at pages of the processor: 16 kB on arm64, which suits the others too. */
const SEGMENT_ALIGNMENT = 0x4000

/**
 * Signs a program for macOS "ad hoc", as `codesign --sign -` does: with the hash of each page, but by nobody. macOS starts no
 * program without at least that on arm64. A signature that is there already is replaced. Gives back the bytes; what comes in
 * is not changed.
 * @param identifier the name of the program in the signature
 * @throws Error when the bytes are no Mach-O program, or the header has no room
 */
export function signMachO(original: Buffer, identifier: string): Buffer {
  const machO = parseMachO(original)
  const text = machO.segments.find(({ name }) => name === '__TEXT')
  const linkEdit = machO.segments.find(({ name }) => name === '__LINKEDIT')
  if (text === undefined || linkEdit === undefined) throw new Error('The program has no __TEXT or no __LINKEDIT')
  const last = machO.segments.every(({ memoryAddress }) => memoryAddress <= linkEdit.memoryAddress)
  if (!last) throw new Error('__LINKEDIT is not the last segment, so it cannot grow')

  const contentEnd =
    machO.codeSignatureCommand === undefined
      ? linkEdit.fileOffset + linkEdit.fileBytes
      : codeSignatureOffset(original, machO.codeSignatureCommand)
  const start = roundUp(contentEnd, 16)
  const pages = Math.ceil(start / PAGE_BYTES)
  const signatureBytes = roundUp(signatureSize(identifier, pages), 16)

  const file = Buffer.alloc(start + signatureBytes)
  original.copy(file, 0, 0, contentEnd)
  // The header is part of what is hashed.
  setCodeSignature(file, machO, start, signatureBytes)
  const linkEditBytes = file.length - linkEdit.fileOffset
  resizeSegment(file, linkEdit, linkEditBytes, roundUp(linkEditBytes, SEGMENT_ALIGNMENT))
  makeSignature(file.subarray(0, start), identifier, text).copy(file, start)
  return file
}

function makeSignature(
  code: Buffer,
  identifier: string,
  executable: { readonly fileOffset: number; readonly fileBytes: number },
): Buffer {
  const requirements = blob(REQUIREMENTS, Buffer.alloc(4))
  const blobs: readonly (readonly [slot: number, content: Buffer])[] = [
    [CODE_DIRECTORY_SLOT, codeDirectory(code, identifier, requirements, executable)],
    [REQUIREMENTS_SLOT, requirements],
    [CMS_SIGNATURE_SLOT, blob(CMS_SIGNATURE, Buffer.alloc(0))],
  ]
  const index = Buffer.alloc(4 + 8 * blobs.length)
  index.writeUInt32BE(blobs.length, 0)
  let offset = 8 + index.length
  for (const [position, [slot, content]] of blobs.entries()) {
    index.writeUInt32BE(slot, 4 + 8 * position)
    index.writeUInt32BE(offset, 8 + 8 * position)
    offset += content.length
  }
  return blob(EMBEDDED_SIGNATURE, Buffer.concat([index, ...blobs.map(([, content]) => content)]))
}

function codeDirectory(
  code: Buffer,
  identifier: string,
  requirements: Buffer,
  executable: { readonly fileOffset: number; readonly fileBytes: number },
): Buffer {
  const pages = Math.ceil(code.length / PAGE_BYTES)
  const name = Buffer.from(`${identifier}\0`)
  const firstHash = CODE_DIRECTORY_HEADER_BYTES + name.length + HASH_BYTES * SPECIAL_SLOTS
  // Without the first 8 bytes, kind and length, which every blob has.
  const header = Buffer.alloc(CODE_DIRECTORY_HEADER_BYTES - 8)
  header.writeUInt32BE(WITH_EXECUTABLE_SEGMENT, 0)
  header.writeUInt32BE(ADHOC, 4)
  header.writeUInt32BE(firstHash, 8)
  header.writeUInt32BE(CODE_DIRECTORY_HEADER_BYTES, 12)
  header.writeUInt32BE(SPECIAL_SLOTS, 16)
  header.writeUInt32BE(pages, 20)
  header.writeUInt32BE(code.length, 24)
  header.writeUInt8(HASH_BYTES, 28)
  header.writeUInt8(SHA_256, 29)
  header.writeUInt8(PAGE_BITS, 31)
  header.writeBigUInt64BE(BigInt(executable.fileOffset), 56)
  header.writeBigUInt64BE(BigInt(executable.fileBytes), 64)
  header.writeBigUInt64BE(MAIN_BINARY, 72)
  // Special slots are counted backwards from the first page: requirements are 2, Info.plist is 1.
  const special = [sha256(requirements), Buffer.alloc(HASH_BYTES)]
  const hashes = Array.from({ length: pages }, (_, page) =>
    sha256(code.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)),
  )
  return blob(CODE_DIRECTORY, Buffer.concat([header, name, ...special, ...hashes]))
}

function signatureSize(identifier: string, pages: number): number {
  const directory = CODE_DIRECTORY_HEADER_BYTES + identifier.length + 1 + HASH_BYTES * (SPECIAL_SLOTS + pages)
  return 8 + 4 + 8 * 3 + directory + 12 + 8
}

function blob(kind: number, content: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(kind, 0)
  header.writeUInt32BE(8 + content.length, 4)
  return Buffer.concat([header, content])
}

function sha256(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest()
}

function roundUp(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple
}
