import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { benchCes } from './ces.ts'
import { benchDensity } from './density.ts'
import { benchMaps } from './maps.ts'
import { benchMaxPods } from './maxpods.ts'
import { benchNetperf } from './netperf.ts'
import { benchReport } from './report.ts'
import { benchStartUp } from './start-up.ts'

// npm run bench [-- start-up|density|netperf|ces|maps|maxpods|report|density-5000|density-20000]: figures of this machine, with its load and a floor of the same run beside them.

const benches = new Map([
  ['start-up', benchStartUp],
  ['density', () => benchDensity(1000, 3)],
  ['netperf', () => benchNetperf(10)],
  ['maps', () => benchMaps(200, 3)],
  ['maxpods', () => benchMaxPods(20_000, 150_000)],
  ['ces', () => benchCes(10_000)],
  ['report', () => benchReport(20_000)],
  // Minutes each, so only when named.
  ['density-5000', () => benchDensity(5000, 1)],
  ['density-20000', () => benchDensity(20_000, 1)],
])

const wanted = process.argv.length > 2 ? process.argv.slice(2) : ['start-up', 'density']
const unknown = wanted.find((name) => !benches.has(name))
if (unknown !== undefined) {
  console.error(`error: unknown bench "${unknown}": must be one of ${[...benches.keys()].join(', ')}`)
  process.exit(2)
}

execFileSync(process.execPath, ['build/binary.ts'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  stdio: 'inherit',
})
for (const name of wanted) await benches.get(name)?.()
