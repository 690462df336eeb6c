import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { nodeArch, nodePlatform, type Target } from './targets.ts'

/**
 * Removes the debug symbols of a Linux binary, 18 MB: with llvm-strip, which knows every processor, or, for this machine's own,
 * with strip. Without either the binary stays as it is, and the user is told.
 */
export async function stripSymbols(file: string, target: Target): Promise<void> {
  const isOwn = nodePlatform(target) === process.platform && nodeArch(target) === process.arch
  for (const tool of ['llvm-strip', ...(isOwn ? ['strip'] : [])]) {
    try {
      await promisify(execFile)(tool, [file])
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  console.error(
    `llvm-strip is not installed (Debian package llvm): ${target.os}-${target.arch} keeps its debug symbols, 18 MB`,
  )
}
