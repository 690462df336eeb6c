import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { run } from '../../../cmd/root.ts'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import type { KubeClient } from '../../../lib/kube/client.ts'
import type { LintDetails } from '../../../lib/record/details/lint-details.ts'
import { type RunRecord, RunRecordSchema } from '../../../lib/record/run-record.ts'
import { fakeContext } from '../fake-context.ts'

const FILES = fileURLToPath(new URL('../../fixtures/user-files/', import.meta.url))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function lint(flags: readonly string[], circumstances: Parameters<typeof fakeContext>[0] = {}): Promise<Outcome> {
  const { context, stdout, stderr } = fakeContext(circumstances)
  const code = await run(['cilium', 'lint', ...flags], { ...context, workingDirectory: FILES })
  return { code, stdout: stdout(), stderr: stderr() }
}

const fromStdin = (text: string, ...flags: readonly string[]) =>
  lint(['-f', '-', '--cilium-version', '1.20', ...flags], { stdin: [text] })

test('bpf-map-tuning.yaml: every key that no chart has', async () => {
  const { code, stdout, stderr } = await lint(['-f', 'bpf-map-tuning.yaml', '--cilium-version', '1.20'])
  expect({ code, stderr }).toEqual({ code: 99, stderr: '' })
  expect(stdout).toMatchInlineSnapshot(`
    "LINE   KEY                                 PROBLEM                                            FIX
       8   bpf.natMapMax                       no such key: Helm ignores it                       bpf.natMax: 524288
       9   bpf.neighMapMax                     no such key: Helm ignores it                       bpf.neighMax: 524288
      10   bpf.sockMapMax                      no such key: Helm ignores it                       extraConfig: {bpf-sock-rev-map-max: "65535"}
      13   bpf.ctMapEntriesGlobalTCP           no such key: Helm ignores it                       bpf.ctTcpMax: 524288
      14   bpf.ctMapEntriesGlobalAny           no such key: Helm ignores it                       bpf.ctAnyMax: 262144
      17   bpf.policyMapEntries                no such key: Helm ignores it                       bpf.policyMapMax: 16384
      20   bpf.mapPressure                     no such key, nor the 3 below it: Helm ignores it   remove it: full LRU maps evict by themselves
      21   bpf.mapPressure.enabled             no such key: Helm ignores it                       prometheus.metrics: ["+cilium_bpf_map_pressure"], on by default since 1.14
      23   bpf.mapPressure.evictionThreshold   no such key: Helm ignores it                       remove it: a full LRU map evicts by itself; bpf.policyMapPressureMetricsThreshold says from where on pressure is reported
      24   bpf.mapPressure.gcInterval          no such key: Helm ignores it                       conntrackGCInterval: 30s

    FAILED: 10 errors in 14 keys, for Cilium 1.20 (keys of chart 1.20.2).
    "
  `)
})

test('ct-optimize-values.yaml: every key that no chart has', async () => {
  const { code, stdout } = await lint(['-f', 'ct-optimize-values.yaml', '--cilium-version', '1.20'])
  expect(code).toBe(99)
  expect(stdout).toMatchInlineSnapshot(`
    "LINE   KEY                         PROBLEM                        FIX
       3   bpf.ctMapEntriesGlobalTCP   no such key: Helm ignores it   bpf.ctTcpMax: 1000000
       4   bpf.ctMapEntriesGlobalAny   no such key: Helm ignores it   bpf.ctAnyMax: 500000
       7   bpf.tcpFinTimeout           no such key: Helm ignores it   extraConfig: {bpf-ct-timeout-regular-tcp-fin: "10s"}
       8   bpf.tcpCloseTimeout         no such key: Helm ignores it   extraConfig: {bpf-ct-timeout-regular-tcp-fin: "10s"}
       9   bpf.tcpTimeWaitTimeout      no such key: Helm ignores it   extraConfig: {bpf-ct-timeout-regular-tcp-fin: "10s"}
      10   bpf.tcpConnectionTimeout    no such key: Helm ignores it   extraConfig: {bpf-ct-timeout-regular-tcp: "120s"}
      11   bpf.tcpSynTimeout           no such key: Helm ignores it   extraConfig: {bpf-ct-timeout-regular-tcp-syn: "60s"}
      14   bpf.ctGcInterval            no such key: Helm ignores it   conntrackGCInterval: 30s
      15   bpf.ctGcMaxInterval         no such key: Helm ignores it   conntrackGCMaxInterval: 5m

    FAILED: 9 errors in 10 keys, for Cilium 1.20 (keys of chart 1.20.2).
    "
  `)
})

test('ces-tuning.yaml: every key that no chart has, and in 1.15 the whole map', async () => {
  const { code, stdout } = await lint(['-f', 'ces-tuning.yaml', '--cilium-version', 'v1.20.2'])
  expect(code).toBe(99)
  expect(stdout).toMatchInlineSnapshot(`
    "LINE   KEY                                       PROBLEM                                              FIX
       4   ciliumEndpointSlice.endpointsPerSlice     no such key: Helm ignores it                         extraConfig: {ces-max-ciliumendpoints-per-ces: "100"}
       6   ciliumEndpointSlice.enableLabelSelector   no such key: Helm ignores it                         remove it: slices are filled by namespace, not by labels
       8   ciliumEndpointSlice.updateBatchSize       no such key: Helm ignores it                         ciliumEndpointSlice.rateLimits for the rate of writes; changes are gathered for 500ms, which is fixed
      10   ciliumEndpointSlice.updateInterval        no such key: Helm ignores it                         ciliumEndpointSlice.rateLimits for the rate of writes; changes are gathered for 500ms, which is fixed
      13   ciliumEndpoint                            no such key, nor the one below it: Helm ignores it   remove it: CiliumEndpoints have no settings but disableEndpointCRD
      15   ciliumEndpoint.keepDeprecated             no such key: Helm ignores it                         remove it: CiliumEndpoints stay beside CiliumEndpointSlices in any case

    FAILED: 6 errors in 8 keys, for Cilium 1.20.2.
    "
  `)
  const before = await lint(['-f', 'ces-tuning.yaml', '--cilium-version', '1.15', '-o', 'wide'])
  expect(before.stdout).toMatch(/^ +1 +error +LaterKey +ciliumEndpointSlice +comes with Cilium 1\.16/m)
})

test('several files: each problem with its file', async () => {
  const { stdout } = await lint(['-f', 'ces-tuning.yaml', '-f', 'ct-optimize-values.yaml', '--cilium-version', '1.20'])
  expect(stdout).toMatch(/^PLACE +KEY +PROBLEM +FIX\nces-tuning\.yaml:4 +ciliumEndpointSlice\.endpointsPerSlice/)
  expect(stdout).toContain('\nct-optimize-values.yaml:15   bpf.ctGcMaxInterval')
  expect(stdout).toMatch(/FAILED: 15 errors in 18 keys, for Cilium 1\.20 \(keys of chart 1\.20\.2\)\.\n$/)
})

test('values that are right', async () => {
  expect(await fromStdin('bpf:\n  policyMapMax: 16384\n')).toEqual({
    code: 0,
    stdout: 'PASSED: nothing wrong in 2 keys, for Cilium 1.20 (keys of chart 1.20.2).\n',
    stderr: '',
  })
})

test('warnings alone do not fail', async () => {
  const { code, stdout } = await fromStdin('autoDirectNodeRoutes: true\n')
  expect(code).toBe(0)
  expect(stdout).toMatch(/warning: the agent does not start .*\n\nPASSED: 1 warning in 1 key, for Cilium 1\.20/)
})

test('a terminal that is too narrow for the table gets lines, and color', async () => {
  const { context, stdout } = fakeContext({ isTTY: true, columns: 40, stdin: ['bpf:\n  sockMapMax: 65535\n'] })
  expect(await run(['cilium', 'lint', '-f', '-', '--cilium-version', '1.20.2'], context)).toBe(99)
  expect(stdout()).toMatchInlineSnapshot(`
    "<stdin>:2: bpf.sockMapMax
      no such key: Helm ignores it
      → extraConfig: {bpf-sock-rev-map-max:
      "65535"}

    [31mFAILED[39m: 1 error in 2 keys, for Cilium
    1.20.2.
    "
  `)
})

test('the record holds every problem, and is what the schema says', async () => {
  const { code, stdout } = await lint(['-f', 'ces-tuning.yaml', '--cilium-version', '1.20', '-o', 'json'])
  const record = JSON.parse(stdout) as RunRecord
  expect(code).toBe(99)
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(RunRecordSchema)
  expect(validate(record), JSON.stringify(validate.errors)).toBe(true)
  expect(record).toMatchObject({ kind: 'cilium-lint', outcome: 'failed' })
  expect(record.findings[0]).toEqual({
    severity: 'error',
    code: 'UnknownKey',
    message: 'ces-tuning.yaml:4: ciliumEndpointSlice.endpointsPerSlice: no such key: Helm ignores it',
    advice: 'extraConfig: {ces-max-ciliumendpoints-per-ces: "100"}',
    objects: ['ces-tuning.yaml:4'],
  })
  const details = record.details as LintDetails
  expect(details).toMatchObject({
    ciliumVersion: '1.20',
    versionSource: 'flag',
    chartRelease: '1.20.2',
    files: ['ces-tuning.yaml'],
    keys: 8,
  })
  expect(details.problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
    '4 ciliumEndpointSlice.endpointsPerSlice',
    '6 ciliumEndpointSlice.enableLabelSelector',
    '8 ciliumEndpointSlice.updateBatchSize',
    '10 ciliumEndpointSlice.updateInterval',
    '13 ciliumEndpoint',
    '15 ciliumEndpoint.keepDeprecated',
  ])
  const yaml = await lint(['-f', 'ces-tuning.yaml', '--cilium-version', '1.20', '-o', 'yaml'])
  expect((parse(yaml.stdout) as RunRecord).details).toEqual(details)
})

test('for CI: a test case for each problem, with its place in the name', async () => {
  const values = 'bpf:\n  natMapMax: 1000\nkubeProxyReplacement: "true"\nroutingMode: natve\n'
  const { code, stdout } = await fromStdin(values, '-o', 'junit')
  expect(code).toBe(99)
  const cases = [...stdout.matchAll(/<testcase classname="cilium-lint" name="([^"]*)"/g)].map(([, name]) => name)
  expect(cases).toEqual(['run', 'UnknownKey &lt;stdin&gt;:2', 'InvalidValue &lt;stdin&gt;:4'])
  expect(stdout).toContain('<failure message="&lt;stdin&gt;:2: bpf.natMapMax: no such key: Helm ignores it"')
  const sound = await fromStdin('debug:\n  enabled: true\n', '-o', 'junit')
  expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining('tests="1" failures="0"') })
})

test.each([
  [[], 'must specify at least one values file with -f, --filename'],
  [['-f', 'nothing.yaml'], 'cannot read values file "nothing.yaml": no such file or directory'],
  [['-f', '.'], 'cannot read values file ".": is a directory'],
  [['-f', '-', '-f', '-'], 'standard input can be read only once: give -f - once'],
  [
    ['-f', 'ces-tuning.yaml', '--cilium-version', 'newest'],
    'invalid argument "newest" for "--cilium-version" flag: must be a version such as 1.18 or v1.18.3',
  ],
  [['-f', 'ces-tuning.yaml', '--cilium-version', '1.13'], 'Cilium 1.13 is older than all whose keys are known'],
])('usage: %j', async (flags, message) => {
  const { code, stdout, stderr } = await lint(flags)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.split('\n', 1)).toEqual([`error: ${message}`])
})

test.each([
  ['', /^error: standard input is empty: no values to check\n/],
  ['a: [1\n', /^error: <stdin>:2: not valid YAML: /],
  ['a: 1\nb: 2\n  c: 3\n', /^error: <stdin>:2: not valid YAML: /],
  ['- a\n', /^error: <stdin>:1: not a values file: a list where keys belong\n/],
  ['apiVersion: v1\nkind: Pod\n', /^error: <stdin>:1: a Pod, not a values file\n {2}give the values themselves: /],
  ['just text\n', /^error: <stdin>:1: not a values file: text where keys belong\n/],
])('no values: %j', async (text, message) => {
  const { code, stderr } = await fromStdin(text)
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
})

test('control characters of a file do not reach the terminal', async () => {
  const { stdout } = await fromStdin('"\\e[31mred": 1\n')
  expect(stdout).toContain('^[[31mred')
})

const agents = (...images: readonly string[]) =>
  images.map((image) => ({
    metadata: { name: 'cilium', namespace: 'kube-system' },
    spec: { template: { spec: { containers: [{ name: 'cilium-agent', image }] } } },
  }))

const cluster = (items: readonly unknown[]) => async () =>
  ({
    contextName: 'kind-kind',
    list: async (path: string) => ({ items: path === '/apis/apps/v1/daemonsets' ? items : [], resourceVersion: '1' }),
    [Symbol.asyncDispose]: async () => undefined,
  }) as unknown as KubeClient

test.each([
  [
    agents('quay.io/cilium/cilium:v1.15.6@sha256:0123'),
    'Context kind-kind runs Cilium 1.15.6.',
    'for Cilium 1.15.6 (keys of chart 1.15.19)',
  ],
  [
    agents('localhost:5000/cilium/cilium:v1.19.1', 'quay.io/cilium/cilium:v1.18.2-rc.1'),
    'Context kind-kind runs Cilium 1.18.2.',
    'for Cilium 1.18.2 (keys of chart 1.18.11)',
  ],
  [
    agents('quay.io/cilium/cilium:v1.23.0'),
    'Context kind-kind runs Cilium 1.23.0, newer than all whose keys are known: taking those of 1.20.',
    'for Cilium 1.23.0 (keys of chart 1.20.2)',
  ],
  [
    agents('localhost:5000/cilium/cilium@sha256:0123'),
    'No --cilium-version given, and no Cilium in the cluster tells it: taking 1.20, the newest that is known.',
    'for Cilium 1.20 ',
  ],
  [
    [],
    'No --cilium-version given, and no Cilium in the cluster tells it: taking 1.20, the newest that is known.',
    'for Cilium 1.20 ',
  ],
])('without a version, that of the cluster: %j', async (items, note, verdict) => {
  const { code, stdout, stderr } = await lint(['-f', '-'], {
    stdin: ['debug: {enabled: true}\n'],
    connect: cluster(items),
  })
  expect(code).toBe(0)
  expect(stderr).toBe(`${note}\n`)
  expect(stdout).toContain(verdict)
})

test('without a version and a cluster, the newest that is known, and it is said why', async () => {
  const connect = () => Promise.reject(new PerfError('The connection to the server localhost:8080 was refused\nmore'))
  const given = { stdin: ['debug: {enabled: true}\n'], connect }
  expect(await lint(['-f', '-'], given)).toEqual({
    code: 0,
    stdout: 'PASSED: nothing wrong in 2 keys, for Cilium 1.20 (keys of chart 1.20.2).\n',
    stderr:
      'No --cilium-version given, and no cluster tells it: taking 1.20, the newest that is known.\n  The connection to the server localhost:8080 was refused\n',
  })
  expect((await lint(['-f', '-', '-q'], given)).stderr).toBe('')
  const named = await lint(['-f', '-', '--context', 'kind'], given)
  expect(named.code).toBe(1)
  expect(named.stderr).toMatch(/^The connection to the server localhost:8080 was refused\n/)
})

test('a version needs no cluster', async () => {
  const connect = () => Promise.reject(new Error('asked the cluster'))
  expect(await lint(['-f', 'ces-tuning.yaml', '--cilium-version', '1.20'], { connect })).toMatchObject({
    code: 99,
    stderr: '',
  })
})

test('cilium alone lists its commands', async () => {
  const { context, stdout } = fakeContext()
  expect(await run(['cilium'], context)).toBe(0)
  expect(stdout()).toMatch(/^kubectl perf cilium has these commands\.\n/)
  expect(stdout()).toMatch(/^ {2}lint {3,}Find Helm values/m)
})

test('the outputs in the document are those of the command', async () => {
  const doc = await readFile(new URL('../../../docs/cilium-lint.md', import.meta.url), 'utf8')
  const shown = [...doc.matchAll(/^\$ kubectl perf cilium lint (.*)\n([\s\S]*?)^```/gm)]
  expect(shown).toHaveLength(2)
  for (const [, flags = '', output] of shown) expect((await lint(flags.split(' '))).stdout).toBe(output)
})
