// Offsets in a Portable Executable: "PE Format", learn.microsoft.com/windows/win32/debug/pe-format.
const PE_HEADER_POINTER = 0x3c
const OPTIONAL_HEADER = 24
const PE32_PLUS = 0x20b
const CHECKSUM = 64
const DATA_DIRECTORIES = 112
const CERTIFICATE_TABLE = 4

/**
 * A Windows program without its publisher's signature, which would not hold any more once something is put into the program:
 * a wrong signature is worse than none. Gives back the bytes; what comes in is not changed.
 * @throws Error when the bytes are no 64-bit Windows program
 */
export function removeAuthenticode(original: Buffer): Buffer {
  const pe = original.length > PE_HEADER_POINTER + 4 ? original.readUInt32LE(PE_HEADER_POINTER) : 0
  const optional = pe + OPTIONAL_HEADER
  if (
    original.toString('latin1', 0, 2) !== 'MZ' ||
    original.toString('latin1', pe, pe + 4) !== 'PE\0\0' ||
    original.readUInt16LE(optional) !== PE32_PLUS
  ) {
    throw new Error('Not a 64-bit Windows program')
  }
  const entry = optional + DATA_DIRECTORIES + 8 * CERTIFICATE_TABLE
  // The only directory whose address is a place in the file; it lies behind everything else.
  const start = original.readUInt32LE(entry)
  const size = original.readUInt32LE(entry + 4)
  if (size === 0) return original
  if (start + size !== original.length) throw new Error('The signature is not at the end of the program')
  const unsigned = Buffer.from(original.subarray(0, start))
  unsigned.writeBigUInt64LE(0n, entry)
  // The sum over the file; only drivers need it, and 0 says that there is none.
  unsigned.writeUInt32LE(0, optional + CHECKSUM)
  return unsigned
}
