import { createRequire } from 'node:module'

// node build/sea.ts SCRIPT TARGETS: the pkg step of the build, in a process of its own since pkg finds its cache by HOME.
// TARGETS is JSON, see SeaTarget.

/** An executable to make, by pkg's words for platforms. */
export interface SeaTarget {
  readonly platform: 'linux' | 'macos' | 'win'
  readonly arch: 'x64' | 'arm64'
  readonly output: string
}

/** The part of pkg's module that is used; its command line has no way to pass a SEA configuration. */
type MakeSea = (
  script: string,
  options: {
    targets: readonly (SeaTarget & { nodeRange: string })[]
    signature: boolean
    seaConfig: Record<string, unknown>
  },
) => Promise<void>

const [script = '', targets = '[]'] = process.argv.slice(2)
const { default: makeSea } = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js') as { default: MakeSea }

await makeSea(script, {
  targets: (JSON.parse(targets) as SeaTarget[]).map((target) => ({
    ...target,
    // In full: with the major version alone pkg would ask nodejs.org for the newest.
    nodeRange: `node${process.versions.node}`,
  })),
  // Done by executables/sign-mach-o.ts, on every machine in the same way.
  signature: false,
  seaConfig: {
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    // Under a watch of thousands of pods nearly all memory is garbage: a young generation of 24 MB instead of 48 collects
    // it as fast, and collecting the old one sooner costs a tenth more CPU for a quarter less memory.
    execArgv: ['--max-semi-space-size=8', '--optimize-for-size'],
    execArgvExtension: 'env',
  },
})
