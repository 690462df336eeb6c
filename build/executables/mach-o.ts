// A Mach-O file for 64-bit processors: mach-o/loader.h of Apple's XNU.
const MAGIC_64 = 0xfeedfacf
const HEADER_BYTES = 32
const SEGMENT_64 = 0x19
const CODE_SIGNATURE = 0x1d
const SEGMENT_HEADER_BYTES = 72
const SECTION_BYTES = 80
const CODE_SIGNATURE_BYTES = 16

export interface Segment {
  readonly name: string
  /** Where its load command begins. */
  readonly command: number
  readonly memoryAddress: bigint
  readonly fileOffset: number
  readonly fileBytes: number
}

export interface MachO {
  readonly segments: readonly Segment[]
  /** Where the load command of the code signature begins; absent in a file without one. */
  readonly codeSignatureCommand?: number
  /** Where the load commands end. */
  readonly commandsEnd: number
  /** Where the first content begins: load commands can be added up to here. */
  readonly firstContent: number
}

/** @throws Error when the bytes are no Mach-O file for one 64-bit processor */
export function parseMachO(file: Buffer): MachO {
  if (file.length < HEADER_BYTES || file.readUInt32LE(0) !== MAGIC_64) {
    throw new Error('Not a Mach-O file for one 64-bit processor')
  }
  const segments: Segment[] = []
  let codeSignatureCommand: number | undefined
  let firstContent = file.length
  let command = HEADER_BYTES
  for (let count = file.readUInt32LE(16); count > 0; count--) {
    const kind = file.readUInt32LE(command)
    if (kind === CODE_SIGNATURE) codeSignatureCommand = command
    if (kind === SEGMENT_64) {
      segments.push({
        name: file.toString('latin1', command + 8, command + 24).replace(/\0.*$/s, ''),
        command,
        memoryAddress: file.readBigUInt64LE(command + 24),
        fileOffset: Number(file.readBigUInt64LE(command + 40)),
        fileBytes: Number(file.readBigUInt64LE(command + 48)),
      })
      const sections = file.readUInt32LE(command + 64)
      for (let index = 0; index < sections; index++) {
        const offset = file.readUInt32LE(command + SEGMENT_HEADER_BYTES + SECTION_BYTES * index + 48)
        // Sections without content, such as those of zeros, have no place in the file.
        if (offset > 0) firstContent = Math.min(firstContent, offset)
      }
    }
    command += file.readUInt32LE(command + 4)
  }
  return {
    segments,
    ...(codeSignatureCommand === undefined ? {} : { codeSignatureCommand }),
    commandsEnd: command,
    firstContent,
  }
}

/**
 * Announces a code signature in the file's header.
 * @throws Error when there is no room for its load command
 */
export function setCodeSignature(file: Buffer, machO: MachO, offset: number, bytes: number): void {
  const command = machO.codeSignatureCommand ?? addCommand(file, machO)
  file.writeUInt32LE(CODE_SIGNATURE, command)
  file.writeUInt32LE(CODE_SIGNATURE_BYTES, command + 4)
  file.writeUInt32LE(offset, command + 8)
  file.writeUInt32LE(bytes, command + 12)
}

function addCommand(file: Buffer, { commandsEnd, firstContent }: MachO): number {
  const room = file.subarray(commandsEnd, commandsEnd + CODE_SIGNATURE_BYTES)
  if (commandsEnd + CODE_SIGNATURE_BYTES > firstContent || room.some((byte) => byte !== 0)) {
    throw new Error('The header has no room for a code signature')
  }
  file.writeUInt32LE(file.readUInt32LE(16) + 1, 16)
  file.writeUInt32LE(file.readUInt32LE(20) + CODE_SIGNATURE_BYTES, 20)
  return commandsEnd
}

/** Lets a segment take other room in the file and in memory. */
export function resizeSegment(file: Buffer, { command }: Segment, fileBytes: number, memoryBytes: number): void {
  file.writeBigUInt64LE(BigInt(memoryBytes), command + 32)
  file.writeBigUInt64LE(BigInt(fileBytes), command + 48)
}

/** Where the code signature that the header announces begins. */
export function codeSignatureOffset(file: Buffer, command: number): number {
  return file.readUInt32LE(command + 8)
}
