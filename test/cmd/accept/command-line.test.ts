import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderAccept } from '../../../cmd/accept/render.ts'
import { run } from '../../../cmd/root.ts'
import { acceptDetailsOf } from '../../../lib/record/details/accept-details.ts'
import { recorded } from '../../lib/report/html/recorded.ts'
import { fakeContext } from '../fake-context.ts'

// What is wrong with a command line or a suite is said before anything is connected: these contexts have no cluster.

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'suite-'))
})
afterAll(() => rm(folder, { recursive: true }))

function accept(...argv: string[]) {
  return acceptAt(undefined, ...argv)
}

/** On a terminal of so many columns; undefined: on none. */
async function acceptAt(columns: number | undefined, ...argv: string[]) {
  const { context, stdout, stderr } = fakeContext(columns === undefined ? {} : { isTTY: true, columns })
  const exitCode = await run(['accept', ...argv], context)
  return { exitCode, stdout: stdout(), stderr: stderr().replaceAll(`${folder}/`, '') }
}

async function refused(...argv: string[]): Promise<string> {
  const ended = await accept(...argv)
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  return ended.stderr.replace(/See '.*\n$/, '')
}

/** Of a suite with one item of this command and these lines of parameters, the first of which is line 7. */
async function refusedItem(command: string, ...parameters: string[]): Promise<string> {
  const lines = ['name: mine', 'items:', '- name: a', '  level: required', `  command: ${command}`, '  parameters:']
  const file = join(folder, 'suite.yaml')
  await writeFile(file, [...lines, ...parameters.map((line) => `    ${line}`)].join('\n'))
  return refused('--suite', file)
}

test('words that the options do not take, and items that the suite does not have', async () => {
  expect(await refused('--include', 'nice')).toMatchInlineSnapshot(`
    "error: invalid argument "nice" for "--include" flag: must be one of required, recommended, optional
    "
  `)
  expect(await refused('--item', 'tcp-bandwith')).toMatchInlineSnapshot(`
    "error: suite default has no item "tcp-bandwith"; did you mean tcp-bandwidth?
    "
  `)
  expect(await refused('--item', 'everything')).toMatch(
    /^error: suite default has no item "everything", it has max-pods, /,
  )
  expect(await refused('--include', 'optional', '--item', 'tcp-bandwidth')).toMatchInlineSnapshot(`
    "error: no item of suite default is left to measure: look at --include and --item
    "
  `)
  expect(await refused('--suite', '/nonexistent/suite.yaml')).toMatchInlineSnapshot(`
    "error: cannot read suite file "/nonexistent/suite.yaml": no such file or directory
      --print-suite prints the one that is part of the program
    "
  `)
})

test('parameters: the line, the value, and what is allowed', async () => {
  expect(await refusedItem('netperf', 'duraton: 10s')).toMatchInlineSnapshot(`
    "error: suite.yaml:7: netperf has no parameter "duraton"; did you mean duration?
    "
  `)
  expect(await refusedItem('netperf', 'samples: 3', 'duration: 10')).toMatchInlineSnapshot(`
    "error: suite.yaml:8: duration: invalid duration "10": use a number with a unit, for example 90s, 1m30s or 500ms
    "
  `)
  expect(await refusedItem('netperf', 'protocol: [tcp, sctp]')).toMatchInlineSnapshot(`
    "error: suite.yaml:7: protocol "sctp" must be one of tcp, udp, http, grpc
    "
  `)
  expect(await refusedItem('netperf', 'protocol: []')).toMatchInlineSnapshot(`
    "error: suite.yaml:7: protocol is an empty list
    "
  `)
  expect(await refusedItem('netperf', 'bidirectional: 1')).toMatchInlineSnapshot(`
    "error: suite.yaml:7: bidirectional must be true or false, not "1"
    "
  `)
  expect(await refusedItem('netperf', 'ratio: [1:1, 2:2]')).toMatchInlineSnapshot(`
    "error: suite.yaml:7: ratio takes one value, not 2
    "
  `)
  expect(await refusedItem('netperf', 'keep: true')).toMatch(/^error: suite\.yaml:7: netperf has no parameter "keep"/)
  expect(await refusedItem('netperf', 'image: No Image')).toMatchInlineSnapshot(`
    "error: suite.yaml:3: invalid image name "No Image"
      write [REGISTRY/]NAME[:TAG][@DIGEST] in lower case, e.g. registry.k8s.io/pause:3.10
    "
  `)
  expect(await refusedItem('maxpods-check', 'verify: true')).toMatch(/has no parameter "verify"/)
})

test('parameters that contradict each other: the item', async () => {
  expect(await refusedItem('netperf', 'protocol: tcp', 'requests-per-second: 10')).toMatchInlineSnapshot(`
    "error: suite.yaml:3: requests-per-second is about http and grpc, and protocol names tcp
      protocol http,grpc, or leave requests-per-second out
    "
  `)
  expect(await refusedItem('density', 'workload: pods', 'configmaps: 11')).toMatchInlineSnapshot(`
    "error: suite.yaml:3: configmaps is for the workload api-load: pods takes no notice of it
    "
  `)
  expect(await refusedItem('maxpods-check', 'cpu: 100m')).toMatchInlineSnapshot(`
    "error: suite.yaml:3: cpu and memory are the size of the pods of pods N, which is not given
    "
  `)
})

test('a dry run on this side: the lightest first, together what shares pods, with objects and times', async () => {
  const { exitCode, stdout, stderr } = await accept('--dry-run=client')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const steps = stdout.split('\n\n')[0]?.split('\n').slice(1) ?? []
  const place = (item: string) => steps.findIndex((line) => line.split(/ +/).includes(item))
  const inOrder = ['max-pods', 'api-responsiveness', 'pod-startup', 'tcp-connectivity', 'pair-consistency-50'].map(
    place,
  )
  expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b))
  const shared = ['tcp-connectivity', 'tcp-bandwidth', 'udp-quality', 'http-latency'].map((item) => steps[place(item)])
  expect(new Set(shared.map((line) => line?.trim().split(' ')[0])).size).toBe(1)
  expect(shared[0]).toMatch(/ 1 namespace, 2 pods +\d/)
  expect(shared[1]).toMatch(/ with the one above$/)
  expect(stdout).toMatch(/\nPermissions: .*create.* pods/)
  expect(stdout).toMatch(/\nSuite default: \d+ items in \d+ steps, about \S+ when the images are on the nodes\. /)
})

test.each([40, 80, 140])('at %i columns the plan is no wider', async (columns) => {
  const { stdout } = await acceptAt(columns, '--dry-run=client', '--item', 'load-balancer,tcp-bandwidth,udp-quality')
  expect(stdout.split('\n').filter((line) => line.length > columns)).toEqual([])
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    '2 client pods at most, one on each node, 1 server pod, 1 Service of',
  )
})

test('a result wider than the terminal has its figures below each item, and all of them', () => {
  const render = (columns: number) =>
    renderAccept(recorded('accept'), { wide: false, headers: true, color: false, columns })
  expect(render(80).split('\n').slice(0, 8).join('\n')).toMatchInlineSnapshot(`
    "ITEM                  LEVEL         RESULT            TIME
    max-pods              recommended   pass             243ms
      220   cluster_free_pods >= 10
    api-responsiveness    required      pass             24.4s
      169ms   api_request_latency{verb=create,resource=configmaps}.p99 < 1s
      388ms   api_request_latency{verb=patch,resource=configmaps}.p99 < 1s
      184ms   api_request_latency{verb=list,resource=configmaps}.max < 5s
    pod-startup           required      FAIL             1m13s"
  `)
  for (const columns of [40, 80, 140]) {
    const [items = '', reasons = ''] = render(columns).split('\n\n')
    // A threshold has no place to break it at.
    const isLongWord = (line: string) => line.trim().split(/ +/).at(-1)?.includes('_') === true
    expect(`${items}\n${reasons}`.split('\n').filter((line) => line.length > columns && !isLongWord(line))).toEqual([])
    for (const { thresholds } of acceptDetailsOf(recorded('accept'))?.items ?? []) {
      for (const { expression } of thresholds) expect(items.replaceAll(/\s+/g, ' ')).toContain(expression)
    }
  }
})

test('the default suite can be printed, and is taken as a file', async () => {
  const printed = await accept('--print-suite')
  expect(printed).toMatchObject({ exitCode: 0, stderr: '' })
  const file = join(folder, 'own.yaml')
  await writeFile(file, printed.stdout)
  const [own, standard] = [await accept('--suite', file, '--dry-run=client'), await accept('--dry-run=client')]
  expect(own).toEqual(standard)
})
