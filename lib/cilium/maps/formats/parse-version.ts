import { type CiliumVersion, parseCiliumVersion } from '../../cilium-version.ts'

const VERSION_WORD = /^(?:Daemon|Client):\s*(\S+)/gm

/**
 * The version that `cilium-dbg version` tells, of the daemon or else of the command itself: `Daemon: 1.15.19 a1b2c3d4
 * 2024-03-26T… go version go1.21.8 linux/amd64`. Undefined where it tells none.
 */
export function parseVersionOutput(text: string): CiliumVersion | undefined {
  const words = [...text.matchAll(VERSION_WORD)].toSorted(
    ([a], [b]) => Number(b.startsWith('D')) - Number(a.startsWith('D')),
  )
  for (const [, word = ''] of words) {
    const version = parseCiliumVersion(word)
    if (version !== undefined) return version
  }
  return undefined
}
