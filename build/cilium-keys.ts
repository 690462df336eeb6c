import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readDocumentedFlags, renderFlagTable } from './cilium-keys/documented-flags.ts'
import { mergeCharts } from './cilium-keys/merge-charts.ts'
import { readChart } from './cilium-keys/read-chart.ts'
import { renderKeyTable } from './cilium-keys/render-key-table.ts'

// node build/cilium-keys.ts: makes lib/cilium/lint/known-keys/chart-keys.ts, the table of all keys that the Cilium charts read, and
// documented-flags.ts beside it, and the charts' values without their comments for the tests. All of it comes with
// Cilium's Go modules. Run it by hand when a Cilium is out that users may install: add its last patch release here.

const RELEASES = ['1.14.19', '1.15.19', '1.16.19', '1.17.16', '1.18.11', '1.19.6', '1.20.2']

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FIXTURES = join(ROOT, 'test/fixtures/cilium-charts')

const charts = []
const flags = new Map<number, ReadonlySet<string>>()
for (const release of RELEASES) {
  const { stdout } = await run('go', ['mod', 'download', '-json', `github.com/cilium/cilium@v${release}`])
  const { Dir } = JSON.parse(stdout) as { Dir: string }
  charts.push(await readChart(join(Dir, 'install/kubernetes/cilium'), release))
  flags.set(Number(release.split('.')[1]), await readDocumentedFlags(join(Dir, 'Documentation/cmdref')))
  console.error(`Read the chart of Cilium ${release}`)
}
await writeFile(join(ROOT, 'lib/cilium/lint/known-keys/chart-keys.ts'), renderKeyTable(mergeCharts(charts)))
await writeFile(join(ROOT, 'lib/cilium/lint/known-keys/documented-flags.ts'), renderFlagTable(flags))
await mkdir(FIXTURES, { recursive: true })
for (const { release, valuesText } of charts) await writeFile(join(FIXTURES, `values-${release}.yaml`), valuesText)
