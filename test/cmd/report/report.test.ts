import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KINDS, RUNS, recordedRun, reportRuns } from './report-runs.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'))
  await symlink(RUNS, join(folder, 'runs'))
})
afterAll(() => rm(folder, { recursive: true }))

const report = (argv: readonly string[], stdin: readonly string[] = []) =>
  reportRuns(argv, { workingDirectory: folder, stdin })

test('the tables of a run, as its command printed them', async () => {
  const { exitCode, stdout, stderr } = await report(['runs/density'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatchInlineSnapshot(`
    "PHASE        DURATION   OBJECTS      RATE   NOTE
    namespaces      170ms         6    35.3/s
    preload         9.04s         2   0.221/s   pulled on 2 nodes
    create          520ms         6    11.5/s
    ready           2.52s         6    2.38/s
    delete          2.82s         6    2.13/s
    clean-up        6.42s

    POD LATENCY     P50     MAX   PODS   SOURCE          ERROR-BAR
    scheduled     <35ms   <35ms    6/6   watch           ±40ms
    sandbox+CNI   1.13s   1.51s    6/6   events          ±10ms
    image-pull        -       -      0   image present
    initialized    60ms   260ms    6/6   watch           ±40ms
    started       1.59s   1.82s    6/6   events          ±10ms
    ready         2.12s   2.40s    6/6   watch           ±40ms
    deleted       1.82s   2.82s    6/6   watch           ±20ms

    SLOWEST               READY   NODE     MOSTLY
    perf-8gu33f-1/pod-1   2.40s   node-a   starting containers (+500ms)
    perf-8gu33f-2/pod-2   2.28s   node-a   sandbox+CNI (+380ms)
    perf-8gu33f-3/pod-3   2.21s   node-a   sandbox+CNI (+170ms)

    THROUGHPUT      MAX   SECONDS
    scheduling   6.00/s         1

    API REQUESTS        COUNT      P50      MAX   THROTTLED
    create namespaces       6   11.5ms   14.2ms           0
    create pods             6   12.5ms   29.5ms           0

    API SERVER          COUNT      P50      P90   ERROR-BAR
    PATCH namespaces        1        -        -     ±5.00ms
    POST pods               6   13.0ms        -     ±20.0ms
    POST pods/binding       6   3.75ms        -     ±20.0ms
    PATCH pods/status      12   3.75ms   23.7ms     ±50.0ms

    NODE     CPU-BEFORE   CPU-PEAK   MEM-BEFORE   MEM-PEAK
    node-b        1496m      1994m       4369Mi     4832Mi
    node-a        1492m      1990m       4361Mi     4798Mi

    THRESHOLD                       OBSERVED   RESULT
    pod_ready_latency.max<30s          2.40s   pass
    pod_scheduled_latency.max<1ms     33.1ms   fail

    FAILED in 23.8s: 1 of 2 thresholds does not hold. Nothing left behind.
    "
  `)
})

test('Markdown: the verdict, where and when, thresholds first, the rest folded away', async () => {
  const { stdout } = await report(['runs/density', '-o', 'markdown'])
  expect(stdout.slice(0, stdout.indexOf('<details>'))).toMatchInlineSnapshot(`
    "### kubectl perf density

    **FAILED** in 23.8s: 1 of 2 thresholds does not hold. Nothing left behind.

    report (v1.34.4, 2 nodes, linux/amd64) · 2026-11-21 13:41:36 UTC · run 8gu33f · kubectl-perf v0.1.0

    | THRESHOLD | OBSERVED | RESULT |
    | --- | ---: | --- |
    | pod_ready_latency.max\\<30s | 2.40s | pass |
    | pod_scheduled_latency.max\\<1ms | 33.1ms | fail |

    | PHASE | DURATION | OBJECTS | RATE | NOTE |
    | --- | ---: | ---: | ---: | --- |
    | namespaces | 170ms | 6 | 35.3/s |  |
    | preload | 9.04s | 2 | 0.221/s | pulled on 2 nodes |
    | create | 520ms | 6 | 11.5/s |  |
    | ready | 2.52s | 6 | 2.38/s |  |
    | delete | 2.82s | 6 | 2.13/s |  |
    | clean-up | 6.42s |  |  |  |

    | POD LATENCY | P50 | MAX | PODS | SOURCE | ERROR-BAR |
    | --- | ---: | ---: | ---: | --- | --- |
    | scheduled | \\<35ms | \\<35ms | 6/6 | watch | ±40ms |
    | sandbox+CNI | 1.13s | 1.51s | 6/6 | events | ±10ms |
    | image-pull | - | - | 0 | image present |  |
    | initialized | 60ms | 260ms | 6/6 | watch | ±40ms |
    | started | 1.59s | 1.82s | 6/6 | events | ±10ms |
    | ready | 2.12s | 2.40s | 6/6 | watch | ±40ms |
    | deleted | 1.82s | 2.82s | 6/6 | watch | ±20ms |

    | SLOWEST | READY | NODE | MOSTLY |
    | --- | ---: | --- | --- |
    | perf-8gu33f-1/pod-1 | 2.40s | node-a | starting containers (+500ms) |
    | perf-8gu33f-2/pod-2 | 2.28s | node-a | sandbox+CNI (+380ms) |
    | perf-8gu33f-3/pod-3 | 2.21s | node-a | sandbox+CNI (+170ms) |

    | THROUGHPUT | MAX | SECONDS |
    | --- | ---: | ---: |
    | scheduling | 6.00/s | 1 |

    | API REQUESTS | COUNT | P50 | MAX | THROTTLED |
    | --- | ---: | ---: | ---: | ---: |
    | create namespaces | 6 | 11.5ms | 14.2ms | 0 |
    | create pods | 6 | 12.5ms | 29.5ms | 0 |

    | API SERVER | COUNT | P50 | P90 | ERROR-BAR |
    | --- | ---: | ---: | ---: | ---: |
    | PATCH namespaces | 1 | - | - | ±5.00ms |
    | POST pods | 6 | 13.0ms | - | ±20.0ms |
    | POST pods/binding | 6 | 3.75ms | - | ±20.0ms |
    | PATCH pods/status | 12 | 3.75ms | 23.7ms | ±50.0ms |

    | NODE | CPU-BEFORE | CPU-PEAK | MEM-BEFORE | MEM-PEAK |
    | --- | ---: | ---: | ---: | ---: |
    | node-b | 1496m | 1994m | 4369Mi | 4832Mi |
    | node-a | 1492m | 1990m | 4361Mi | 4798Mi |

    "
  `)
  expect(stdout.match(/<details><summary>[^<]+<\/summary>/g)).toEqual([
    '<details><summary>Everything that was measured</summary>',
    '<details><summary>Parameters (durations in milliseconds)</summary>',
  ])
  expect(stdout).toContain('| --threshold | pod_ready_latency.max\\<30s, pod_scheduled_latency.max\\<1ms |\n')
})

test('every kind as Markdown: its heading, verdict, place, and tables with a cell for each title in every row', async () => {
  const outlines: string[] = []
  for (const kind of KINDS) {
    const { exitCode, stdout, stderr } = await report([`runs/${kind}`, '-o', 'markdown'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const lines = stdout.slice(0, stdout.indexOf('<details>')).split('\n')
    const titles = lines.flatMap((line, index) => (isRule(lines[index + 1]) ? (line.split(' | ')[0] ?? '') : []))
    outlines.push([...lines.slice(0, 3), titles.join(' ')].filter((line) => line !== '').join('\n'))
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith('| ')) continue
      const rule = lines.slice(0, index + 2).findLast(isRule) ?? ''
      expect(cellsOf(line), line).toBe(cellsOf(rule))
    }
  }
  expect(outlines.join('\n\n')).toMatchInlineSnapshot(`
    "### kubectl perf density
    **FAILED** in 23.8s: 1 of 2 thresholds does not hold. Nothing left behind.
    | THRESHOLD | PHASE | POD LATENCY | SLOWEST | THROUGHPUT | API REQUESTS | API SERVER | NODE

    ### kubectl perf netperf
    **PASSED** in 35.9s. Nothing left behind.
    | FINDING | PROTOCOL

    ### kubectl perf control-plane
    **PASSED** in 11.5s.  
    | API SERVER | LATENCY | REQUESTS | IN FLIGHT | ETCD | WORK QUEUE | WATCHED | AT THE END | NO DATA

    ### kubectl perf cilium maps
    **PASSED**: no map is full. Read 2 agents in 440ms.
    | THRESHOLD | MAP | CONNTRACK | DROPPED-FOR

    ### kubectl perf cilium lint
    **FAILED**: 9 errors in 10 keys, for Cilium 1.15.19.
    | LINE

    ### kubectl perf cilium bigtcp
    **PASSED** in 491ms.
    | NODE

    ### kubectl perf ces-compare
    **PASSED** in 18.2s. Nothing left behind.
    | KIND | STEP | SLICES | NODES | REQUESTS | NODE

    ### kubectl perf maxpods-check
    **PASSED** in 89.0ms: 3 pods run, 217 more fit.
    | NODE

    ### kubectl perf compare, density: density → density-2
    Nothing can be concluded from 1 run against 1 run: at least 5 runs on each side are needed. 7 metrics have figures that one side lacks.
    | METRIC"
  `)
})

function isRule(line = ''): boolean {
  return /^\|( ---:? \|)+$/.test(line)
}

function cellsOf(line: string): number {
  return line.replaceAll(/\\[\\|]/g, '').split('|').length
}

test.each(KINDS)('every kind in every other format: %s', async (kind) => {
  const record = await recordedRun(kind)
  const json = await report([`runs/${kind}/run.json`, '-o', 'json'])
  expect(json).toEqual({ exitCode: 0, stdout: await readFile(join(RUNS, kind, 'run.json'), 'utf8'), stderr: '' })
  const html = await report([`runs/${kind}`, '-o', 'html'])
  expect(html.stdout).toMatch(/^<!doctype html>/i)
  expect(html.stdout).toContain(record.runId)
  const csv = await report([`runs/${kind}`, '-o', 'csv'])
  expect(csv.stdout.trimEnd().split('\n')).toHaveLength(record.metrics.length + 1)
  const junit = await report([`runs/${kind}`, '-o', 'junit'])
  expect(junit.stdout).toContain(`<testsuite name="${kind}" timestamp="${record.startedAt}"`)
})

test.each(['constructor', '__proto__', 'toString'])('a kind of no command, %s: what all records have', async (kind) => {
  const text = JSON.stringify({ ...(await recordedRun('density')), kind: 'KIND' })
  const stdin = [text.replace('"KIND"', JSON.stringify(kind))]
  for (const output of ['table', 'markdown', 'html', 'junit']) {
    const { exitCode, stdout, stderr } = await report(['-', '-o', output], stdin)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('pod_ready_latency')
  }
})

test('JUnit of a run', async () => {
  const { stdout } = await report(['runs/density', '-o', 'junit'])
  expect(stdout).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kubectl-perf" tests="3" failures="1" errors="0" time="23.765">
      <testsuite name="density" timestamp="2026-11-21T13:41:36.189Z" tests="3" failures="1" errors="0" skipped="0" time="23.765">
        <testcase classname="density" name="run" time="23.765"/>
        <testcase classname="density" name="threshold pod_ready_latency.max&lt;30s" time="0"/>
        <testcase classname="density" name="threshold pod_scheduled_latency.max&lt;1ms" time="0">
          <failure message="observed 33.1ms" type="threshold"></failure>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `)
})

test('several runs, also of different commands: a heading for each, a list, suites, sections', async () => {
  const two = ['runs/maxpods-check', 'runs/cilium-bigtcp']
  const [first, second] = [await recordedRun('maxpods-check'), await recordedRun('cilium-bigtcp')]
  const table = await report(two)
  expect(table.stdout).toMatchInlineSnapshot(`
    "RUN 7if7my: maxpods-check, 2026-11-21T13:42:12Z, report (v1.34.4)
    NODE     ALLOCATABLE   RUNNING   FREE   CPU-REQ   MEM-REQ   MAXIMUM   LIMITED-BY
    *                220         3    217        5%        0%       220
    node-a           110         1    109        5%        0%       110   kubelet maxPods
    node-b           110         2    108        5%        0%       110   kubelet maxPods

    PASSED in 89.0ms: 3 pods run, 217 more fit.

    RUN s77pyf: cilium bigtcp, 2026-11-21T13:42:15Z, report (v1.34.4)
    NODE            KERNEL            DEVICE   DRIVER   TSO-MAX   IP        AGENT   GSO   GRO   PODS   BIG-TCP
    node-a,node-b   6.18.44-fc-v657   eth0     veth      524280   IPv4   disabled     -     -   none   off

    IPv4 off: not enabled → enableIPv4BIGTCP: true in the Helm values, then restart agents and pods

    PASSED in 491ms.
    "
  `)
  expect(JSON.parse((await report([...two, '-o', 'json'])).stdout)).toEqual([first, second])
  expect((await report([...two, '-o', 'yaml'])).stdout.split('\n---\n')).toHaveLength(2)
  const junit = (await report([...two, '-o', 'junit'])).stdout
  expect(junit).toContain(`<testsuite name="maxpods-check ${first.runId}"`)
  expect(junit).toContain(`<testsuite name="cilium-bigtcp ${second.runId}"`)
  expect(junit).toMatch(/^<testsuites name="kubectl-perf" tests="2"/m)
  expect((await report([...two, '-o', 'markdown'])).stdout.match(/^### .*$/gm)).toEqual([
    '### kubectl perf maxpods-check',
    '### kubectl perf cilium bigtcp',
  ])
})

test('a record through a pipe', async () => {
  const text = await readFile(join(RUNS, 'maxpods-check/run.json'), 'utf8')
  const piped = await report(['-', '-o', 'markdown'], [text.slice(0, 1000), text.slice(1000)])
  expect(piped).toEqual(await report(['runs/maxpods-check', '-o', 'markdown']))
})

test('to a file', async () => {
  const ended = await report(['runs/density', '-o', 'html', '--output-file', 'page.html'])
  expect(ended).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(await readFile(join(folder, 'page.html'), 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n?$/is)
})
