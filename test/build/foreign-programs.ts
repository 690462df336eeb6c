import { access } from 'node:fs/promises'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { installPackages } from '../cluster/debian-packages.ts'
import { findProgram, isExecutable } from '../cluster/executables.ts'
import type { Report } from '../cluster/progress.ts'

/** Libraries that a Linux program for arm64 finds beside itself on an arm64 machine. */
export const arm64Libraries = '/usr/aarch64-linux-gnu'
export const arm64Emulator = 'qemu-aarch64-static'
/** Debian does not put it into PATH without its 32-bit half. */
export const wine = '/usr/lib/wine/wine64'

/** What makes and runs the executables of other platforms, with the Debian packages that have it. */
const programs: readonly (readonly [packageName: string, isThere: () => Promise<boolean>])[] = [
  ['llvm', async () => (await findProgram('llvm-strip')) !== undefined],
  ['qemu-user-static', async () => (await findProgram(arm64Emulator)) !== undefined],
  ['libc6-arm64-cross', () => isExecutable(`${arm64Libraries}/lib/ld-linux-aarch64.so.1`)],
  ['libstdc++6-arm64-cross', () => isReadable(`${arm64Libraries}/lib/libstdc++.so.6`)],
  ['wine64', () => isExecutable(wine)],
]

/** Installs what is missing, as root. */
export async function ensureForeignPrograms(report: Report): Promise<void> {
  await installPackages('Executables of other platforms need', await missingPackages(), report)
  const missing = await missingPackages()
  if (missing.length > 0) throw new PerfError(`After apt-get install, this is still missing: ${missing.join(', ')}`)
}

async function missingPackages(): Promise<string[]> {
  const missing = []
  for (const [name, isThere] of programs) if (!(await isThere())) missing.push(name)
  return missing
}

function isReadable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
