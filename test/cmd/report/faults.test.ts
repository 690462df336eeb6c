import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { KINDS, RUNS, recordedRun, reportRuns } from './report-runs.ts'

// Runs that are not whole, files that are no runs, and words that do not go together.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'))
  await symlink(RUNS, join(folder, 'runs'))
  const density = await readFile(join(RUNS, 'density/run.json'), 'utf8')
  await put('cut/run.json', density.slice(0, 20_000))
  await put('newer/run.json', density.replace('"schemaVersion": 1', '"schemaVersion": 2'))
  await put('odd/run.json', density.replace('"unit": "s"', '"unit": "fortnight"'))
  await put(
    'broken/run.json',
    density.replace(/"ms": \{/, '"ms": {"scheduled": "soon",').replace(/"scheduled": [\d.]+,/, ''),
  )
  await put('foreign/list.json', '{"apiVersion":"v1","kind":"List","items":[]}')
  await put('empty-file/run.json', '')
  await put('killed-early/samples.ndjson', '')
  await cp(join(RUNS, 'killed'), join(folder, 'no-start'), { recursive: true })
  await rm(join(folder, 'no-start/run-start.json'))
  await mkdir(join(folder, 'empty'))
})
afterAll(() => rm(folder, { recursive: true }))

async function put(name: string, text: string): Promise<void> {
  await mkdir(join(folder, name, '..'), { recursive: true })
  await writeFile(join(folder, name), text)
}

const report = (argv: readonly string[], isTTY = false) => reportRuns(argv, { workingDirectory: folder, isTTY })

test('a directory of directories means all runs in it; the killed one too', async () => {
  const { exitCode, stdout, stderr } = await report(['runs', '-o', 'json'])
  expect(exitCode).toBe(0)
  expect((JSON.parse(stdout) as RunRecord[]).map(({ kind }) => kind)).toHaveLength(KINDS.length + 2)
  expect(stderr).toMatchInlineSnapshot(`
    "Warning: run 2xstud in "runs/interrupted/run.json" is not complete, it ended as aborted: its report has what is known
    Warning: run ckzw7u in "runs/killed" was killed: its report has only the samples until then
    "
  `)
})

test('of an interrupted run what is known, and that it is not all', async () => {
  const { exitCode, stdout, stderr } = await report(['runs/interrupted'])
  expect(exitCode).toBe(0)
  expect(stderr).toMatchInlineSnapshot(`
    "Warning: run 2xstud in "runs/interrupted/run.json" is not complete, it ended as aborted: its report has what is known
    "
  `)
  expect(stdout).toMatch(/^ABORTED in \S+\. Nothing left behind\.$/m)
})

test('of a killed run its samples', async () => {
  const { exitCode, stdout, stderr } = await report(['runs/killed'])
  expect(exitCode).toBe(0)
  expect(stderr).toMatchInlineSnapshot(`
    "Warning: run ckzw7u in "runs/killed" was killed: its report has only the samples until then
    "
  `)
  expect(stdout).toMatchInlineSnapshot(`
    "POD LATENCY      P50     P90     MAX   PODS   SOURCE    ERROR-BAR
    scheduled     32.7ms   155ms   285ms     20   samples
    sandbox+CNI        -       -   3.41s      1   samples
    initialized    267ms   805ms   954ms     19   samples
    started            -       -   3.41s      1   samples
    ready              -       -   3.41s      1   samples

    ABORTED in 11.4s: the run was killed before it wrote its result: what is known are its 42 samples.
      what it left in the cluster is removed by "kubectl perf cleanup --run ckzw7u"
    "
  `)
  const html = await report(['runs/killed', '-o', 'html', '-q'])
  expect(html.exitCode).toBe(0)
  expect(html.stdout).toContain('killed before it wrote its result')
})

test('figures without details, as of a killed run of netperf, and a record of a command that is not known', async () => {
  const figures = await recordedRun('netperf')
  const metrics = figures.metrics.filter(({ name }) => name === 'tcp_throughput' || name === 'udp_loss')
  await put('killed-netperf/run.json', JSON.stringify({ ...figures, metrics, details: {}, findings: [] }))
  expect((await report(['killed-netperf'])).stdout).toMatchInlineSnapshot(`
    "METRIC           SERIES                                             COUNT           P50           MAX
    tcp_throughput   placement=same-node, pair=0, server_node=node-a        2   10.4 Gbit/s   10.4 Gbit/s
    tcp_throughput   placement=other-node, pair=1, server_node=node-b       2   12.6 Gbit/s   13.8 Gbit/s
    udp_loss         placement=same-node, pair=0, server_node=node-a        2            0%            0%
    udp_loss         placement=other-node, pair=1, server_node=node-b       2            0%            0%

    PASSED in 35.9s.
    "
  `)
  const other = { ...(await recordedRun('maxpods-check')), kind: 'of-tomorrow' }
  await put('other/run.json', JSON.stringify({ ...other, metrics: other.metrics.slice(0, 5) }))
  expect((await report(['other', '-o', 'wide'])).stdout).toMatchInlineSnapshot(`
    "METRIC                     VALUE   SOURCE
    cluster_allocatable_pods     220   api
    cluster_running_pods           3   api
    cluster_free_pods            217   api
    pending_pods                   0   api
    node_allocatable_pods        110   api

    PASSED in 89.0ms.
    "
  `)
})

test.each(KINDS)(
  'details of %s that are damaged anywhere are a fault of the file, never of the program',
  async (kind) => {
    const { details, ...record } = await recordedRun(kind)
    for (const key of Object.keys(details)) {
      await put('damaged/run.json', JSON.stringify({ ...record, details: { ...details, [key]: [{ odd: 1 }] } }))
      for (const format of ['table', 'wide', 'markdown', 'html']) {
        const { exitCode, stderr } = await report(['damaged', '-o', format, '-q'])
        expect([0, 2], `${key} ${format}: ${stderr}`).toContain(exitCode)
        // It is refused when it is read, whatever the format.
        if (exitCode === 2) break
      }
    }
  },
)

test.each([
  ['a damaged file', ['cut'], '"cut/run.json" is not JSON: '],
  ['an empty file', ['empty-file'], '"empty-file/run.json" is not JSON: '],
  ['a newer schema', ['newer'], '"newer/run.json" was written by a newer kubectl-perf (schema 2)'],
  ['a value that is none', ['odd'], '"odd/run.json" is damaged: /metrics/'],
  ['details that are none', ['broken'], '"broken/run.json" is damaged: details/pods/0/ms/scheduled: '],
  ['any JSON', ['foreign/list.json'], '"foreign/list.json" is not the record of a kubectl-perf run'],
  [
    "kube-burner's own file",
    ['runs/density/jobSummary.json'],
    '"runs/density/jobSummary.json" is not the record of a kubectl-perf run',
  ],
  ['an empty directory', ['empty'], 'no run in directory "empty": no run.json'],
  ['nothing', ['nowhere'], 'no run at "nowhere"'],
  [
    'a run that was killed at once',
    ['killed-early'],
    'the run in "killed-early" did not end, and does not say what it was',
  ],
  ['one of an older version', ['no-start'], 'the run in "no-start" did not end, and does not say what it was'],
  ['the same run twice', ['runs/density', 'runs/density/run.json'], 'run 8gu33f is named twice'],
  ['no run', [], 'required argument RUN is missing'],
  [
    'files of another kind',
    ['runs/netperf', '-o', 'kube-burner', '--output-dir', 'x'],
    'is of netperf, which has no files of kube-burner: runs of density have',
  ],
  [
    'files without data',
    ['runs/killed', '-q', '-o', 'perfdash', '--output-dir', 'x'],
    'run ckzw7u has nothing that perfdash has a file for',
  ],
  [
    'files without a directory',
    ['runs/density', '-o', 'perfdash'],
    '-o perfdash is several files: name a directory for them with --output-dir',
  ],
  [
    'a directory for one file',
    ['runs/density', '-o', 'html', '--output-dir', 'x'],
    '--output-dir is for the formats csv, kube-burner, perfdash',
  ],
  [
    'a file and a directory',
    ['runs/density', '-o', 'csv', '--output-dir', 'x', '--output-file', 'y'],
    '--output-file and --output-dir do not go together',
  ],
  ['a page that is none', ['runs/density', '-o', 'junit', '--open'], '--open shows HTML, not -o junit'],
])('%s is refused', async (_, argv, message) => {
  const { exitCode, stdout, stderr } = await report(argv)
  expect(stderr).toContain(`error: ${message.startsWith('is of') ? `run 988bcy ${message}` : message}`)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr.split('\n').filter((line) => line.startsWith('error'))).toHaveLength(1)
})

test('HTML is not for a terminal, nor is a terminal a record', async () => {
  expect(await report(['runs/density', '-o', 'html'], true)).toMatchObject({ exitCode: 2, stdout: '' })
  const { stderr } = await report(['runs/density', '-o', 'html'], true)
  expect(stderr).toMatchInlineSnapshot(`
    "error: HTML is not for a terminal
      name a file for it with --output-file, or send it to one with >
    See 'kubectl perf report --help' for usage.
    "
  `)
  expect(await report(['-'], true)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('error: "-" is for a record that comes through a pipe\n') as string,
  })
})

test('what cannot be written is an error', async () => {
  await writeFile(join(folder, 'file'), '')
  expect(await report(['runs/density', '-o', 'html', '--output-file', 'file/page.html'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^error: cannot write to file "file\/page.html": ENOTDIR/) as string,
  })
  expect(await report(['runs/density', '-o', 'perfdash', '--output-dir', 'file'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^error: cannot write to directory "file": E/) as string,
  })
})
