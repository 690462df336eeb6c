import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderMaxPods } from '../../../cmd/maxpods-check/render.ts'
import { MaxPodsDetailsSchema, maxPodsDetails } from '../../../lib/record/details/maxpods-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { startFaultServer } from '../../lib/kube/fault-server.ts'
import { writeServerKubeconfig } from '../../lib/kube/server-kubeconfig.ts'
import { answerAs, type FakeCluster, type FakePod } from '../../lib/maxpods/fake-cluster.ts'
import { type Ended, recordOf, runCommandLine } from '../run-command-line.ts'

const TOO_MANY =
  '0/4 nodes are available: 2 Too many pods, 1 node(s) had untolerated taint {x: }, 1 node(s) were unschedulable.'
const pods = (count: number, pod: FakePod) => Array.from({ length: count }, () => pod)

const CLUSTER: FakeCluster = {
  nodes: [
    { name: 'node-a', podCidrs: ['10.1.0.0/24'] },
    { name: 'node-b', pods: 20, podCidrs: ['10.1.1.0/24'] },
    { name: 'node-c', unschedulable: true },
    { name: 'node-d', taints: [{ key: 'x', effect: 'NoSchedule' }] },
  ],
  pods: [
    ...pods(12, { node: 'node-a', cpu: '100m', memory: '128Mi' }),
    ...pods(20, { node: 'node-b', cpu: '10m' }),
    ...pods(7, { unschedulable: TOO_MANY, createdAt: new Date(Date.now() - 90_000).toISOString() }),
  ],
  kubelet: (node) => ({
    maxPods: node === 'node-b' ? 20 : 110,
    podsPerCore: 0,
    podPidsLimit: 4096,
    serializeImagePulls: true,
  }),
}

async function run(argv: readonly string[], cluster: FakeCluster = CLUSTER): Promise<Ended> {
  await using server = await startFaultServer()
  server.answer(answerAs(cluster))
  return await runCommandLine(await writeServerKubeconfig(server), ['maxpods-check', '--color=never', ...argv])
}

const withoutTime = (text: string) => text.replace(/in [\d.]+m?s/, 'in 1s').replace(/\b(9\d|1\d\d)s\b/g, '91s')

test('what each node takes, what is pending and why, and the cluster as a whole', async () => {
  const { exitCode, stdout, stderr } = await run([])
  expect(withoutTime(`\n${stdout}`)).toMatchInlineSnapshot(`
    "
    NODE     STATE                ALLOCATABLE   RUNNING   FREE   CPU-REQ   MEM-REQ   MAXIMUM   LIMITED-BY
    *                                     350        32    208        9%        2%       350
    node-a                                110        12     98       30%        9%       110   kubelet maxPods
    node-b                                 20        20      0        5%        0%        20   kubelet maxPods
    node-c   SchedulingDisabled           110         0    110        0%        0%       110   kubelet maxPods
    node-d   Tainted                      110         0    110        0%        0%       110   kubelet maxPods

    PENDING   REASON          OLDEST   OLDEST-POD       WHY
          7   Too many pods      91s   default/pod-32   full: node-b (kubelet maxPods 20); the scheduler: Too many pods on 2 of 4 nodes, had untolerated taint {x: } on 1, were unschedulable on 1

    PASSED in 1s: 32 pods run, 208 more fit (110 of them on nodes with taints), 110 more on nodes that are cordoned or not ready; full: node-b (kubelet maxPods).
    "
  `)
  expect(stderr).toBe('Reading nodes and pods\n')
  expect(exitCode).toBe(0)
})

test('wide adds what stands behind the figures', async () => {
  const { stdout } = await run(['-o', 'wide', 'node-a'])
  expect(withoutTime(`\n${stdout}`)).toMatchInlineSnapshot(`
    "
    NODE     ALLOCATABLE   RUNNING   FREE   CPU-REQ   MEM-REQ   MAXIMUM   LIMITED-BY        DAEMONSET   MIRROR   TERMINATING   HOST-NETWORK   ADDRESSES   IPAM         KUBELET
    *                350        32    208        9%        2%       350
    node-a           110        12     98       30%        9%       110   kubelet maxPods           0        0             0              0      12/253   host-local   configz

    PENDING   REASON          OLDEST   OLDEST-POD       WHY
          7   Too many pods      91s   default/pod-32   full: node-b (kubelet maxPods 20); the scheduler: Too many pods on 2 of 4 nodes, had untolerated taint {x: } on 1, were unschedulable on 1

    FINDING   COUNT   MESSAGE
    INFO          1   with pods that request what the present ones do on average, CPU or memory is used up before the number of pods is: node-a has room for 28 more by CPU, and for 98 by number

    PASSED in 1s: 32 pods run, 208 more fit (110 of them on nodes with taints), 110 more on nodes that are cordoned or not ready; 1 of 4 nodes shown, * is all.
    "
  `)
})

test('everything that is known of a node', async () => {
  const { stdout } = await run(['--per-node-detail', 'node-b'])
  expect(withoutTime(`\n${stdout}`)).toMatchInlineSnapshot(`
    "
    NODE     ALLOCATABLE   RUNNING   FREE   CPU-REQ   MEM-REQ   MAXIMUM   LIMITED-BY
    *                350        32    208        9%        2%       350
    node-b            20        20      0        5%        0%        20   kubelet maxPods

    node-b:
    LIMIT             PODS   FROM
    kubelet maxPods     20   allocatable pods of the node
    pod CIDR           253   10.1.1.0/24: 253 addresses for pods
    FACT                          VALUE
    state                         Ready
    pods                          20 running: 0 of DaemonSets, 0 mirror, 0 on the host network
    kubelet settings from         configz
    kubelet maxPods               20
    kubelet podsPerCore           0
    kubelet podPidsLimit          4096
    kubelet serializeImagePulls   true
    pod blocks                    10.1.1.0/24
    addresses                     20/253 by host-local

    PENDING   REASON          OLDEST   OLDEST-POD       WHY
          7   Too many pods      91s   default/pod-32   full: node-b (kubelet maxPods 20); the scheduler: Too many pods on 2 of 4 nodes, had untolerated taint {x: } on 1, were unschedulable on 1

    PASSED in 1s: 32 pods run, 208 more fit (110 of them on nodes with taints), 110 more on nodes that are cordoned or not ready; full: node-b (kubelet maxPods); 1 of 4 nodes shown, * is all.
    "
  `)
})

test('with few rights it says what is missing', async () => {
  const forbidden = ['nodes/proxy', '/apis/storage.k8s.io/v1/csinodes']
  const { stdout } = await run([], { nodes: [{ name: 'a' }, { name: 'b' }], forbidden })
  expect(withoutTime(`\n${stdout}`)).toMatchInlineSnapshot(`
    "
    NODE   ALLOCATABLE   RUNNING   FREE   CPU-REQ   MEM-REQ   MAXIMUM   LIMITED-BY
    *              220         0    220        0%        0%       220
    a              110         0    110        0%        0%       110   kubelet maxPods
    b              110         0    110        0%        0%       110   kubelet maxPods

    NOT-READ                   WHY                                       WOULD-TELL
    settings of all kubelets   forbidden: get nodes/proxy                podsPerCore, podPidsLimit, reservations, image pulls
    CSINodes                   forbidden: list csinodes.storage.k8s.io   how many volumes can be attached to each node

    PASSED in 1s: 0 pods run, 220 more fit.
    "
  `)
})

test('pods that fit, and pods that do not: the exit code tells', async () => {
  const fits = await run(['--pods', '90', '--cpu', '10m', '--memory', '16Mi'])
  expect(fits.exitCode).toBe(0)
  expect(fits.stdout).toContain(
    '90 pods of 10m CPU and 16Mi memory fit: there is room for 98. 110 more fit on nodes with taints',
  )
  const many = await run(['--pods', '200'])
  expect(many.exitCode).toBe(99)
  expect(many.stdout).toContain('200 pods without requests do not fit: there is room for 98.')
  expect(many.stdout).toMatch(/FAILED in \S+: 200 pods do not fit; 32 pods run/)
})

test('names for scripts: all nodes, or those that take some of the pods', async () => {
  expect((await run(['-o', 'name', '-q'])).stdout).toBe('node/node-a\nnode/node-b\nnode/node-c\nnode/node-d\n')
  expect((await run(['-o', 'name', '-q', '--pods', '1'])).stdout).toBe('node/node-a\n')
})

const ajv = addFormats.default(new Ajv({ allErrors: true }))
const validateDetails: ValidateFunction = ajv.compile(MaxPodsDetailsSchema)

test('the record keeps to its schema, also in YAML, with everything asked for at once', async () => {
  const schema = JSON.parse(
    await readFile(new URL('../../../docs/run-record.schema.json', import.meta.url), 'utf8'),
  ) as object
  const argv = ['--target', '400', '--pods', '10', '--threshold', 'cluster_free_pods>0']
  const record = recordOf(await run([...argv, '-o', 'json']))
  const validate = ajv.compile(schema)
  validate(record)
  expect(validate.errors).toBeNull()
  validateDetails(record.details)
  expect(validateDetails.errors).toBeNull()
  const fromYaml = parse((await run([...argv, '-o', 'yaml'])).stdout) as RunRecord
  expect(Object.keys(fromYaml.details)).toEqual(Object.keys(record.details))
  expect(maxPodsDetails(record)?.nodes).toHaveLength(4)
})

test('metrics carry the names that thresholds and scripts go by', async () => {
  const { metrics } = recordOf(await run(['-o', 'json']))
  const value = (name: string, labels: object = {}) =>
    metrics.find((metric) => metric.name === name && JSON.stringify(metric.labels) === JSON.stringify(labels))
      ?.statistics.value
  expect(value('cluster_allocatable_pods')).toBe(350)
  expect(value('cluster_running_pods')).toBe(32)
  expect(value('cluster_free_pods')).toBe(208)
  expect(value('pending_pods', { reason: 'Too many pods' })).toBe(7)
  expect(value('node_allocatable_pods', { node: 'node-b' })).toBe(20)
  expect(value('node_running_pods', { node: 'node-b' })).toBe(20)
  expect(value('node_free_pods', { node: 'node-b' })).toBe(0)
  expect(value('node_max_pods', { node: 'node-a', limit: 'pod CIDR' })).toBe(253)
  expect(value('node_max_pods', { node: 'node-a', limit: 'effective' })).toBe(110)
})

test('thresholds: the worst node counts, and no pending pods is a figure too', async () => {
  const failed = await run(['--threshold', 'node_free_pods>=10', '-o', 'junit', '-q'])
  expect(failed.exitCode).toBe(99)
  expect(failed.stdout).toContain('<failure message="observed 0" type="threshold">')
  const held = await run(['--threshold', 'pending_pods<=7', '--threshold', 'node_free_pods{node=node-a}>=10'])
  expect(held.exitCode).toBe(0)
  const none = await run(['--threshold', 'pending_pods==0'], { nodes: [{ name: 'a' }] })
  expect(none.exitCode).toBe(0)
})

test.each([
  [['--cpu', '1'], '--cpu and --memory are the size of the pods of --pods N, which is not given'],
  [['-l', 'a=b', 'node-a'], 'nodes are chosen by name or by -l, --selector, not by both'],
  [['--verify'], '--verify fills one node: name it'],
  [['--verify', 'node-a', 'node-b'], '--verify fills one node: name it'],
  [['--target', '0'], 'must be between 1 and 2147483647'],
  [['--target', '2147483648'], 'must be between 1 and 2147483647'],
  [['--pods', '-1'], 'must be between 1 and 2147483647'],
  [['--pods', '1', '--cpu', 'much'], 'must be a quantity such as 100m or 64Mi'],
  [['--threshold', 'node_free_pod>1'], 'node_free_pod'],
  [['-o', 'name', '--target', '400'], '-o name prints names of nodes'],
  [['--image-registry', 'NOT A REGISTRY', '--verify', 'node-a'], 'invalid image name "NOT A REGISTRY/pause:3.10"'],
])('%j is a usage error', async (argv, message) => {
  const { exitCode, stderr, stdout } = await run(argv)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(message)
  expect(stdout).toBe('')
})

test('a node that is not there, and no right to list pods', async () => {
  const unknown = await run(['node-x'])
  expect(unknown).toMatchObject({ exitCode: 1, stdout: '' })
  expect(unknown.stderr).toContain('Error from server (NotFound): nodes "node-x" not found\n  did you mean node-a?\n')
  const forbidden = await run([], { ...CLUSTER, forbidden: ['pods'] })
  expect(forbidden.exitCode).toBe(1)
  expect(forbidden.stderr).toContain('error: cannot list pods: forbidden for user "fake"')
  expect(forbidden.stderr).toContain('apply docs/rbac/maxpods-check.yaml')
})

test('--verify leaves nodes alone that take no pods', async () => {
  const { exitCode, stderr } = await run(['node-c', '--verify'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--verify needs a node that takes pods: node-c is cordoned')
})

test('--verify with more pods than others would not feel has to be confirmed', async () => {
  const { exitCode, stdout, stderr } = await run(['vast', '--verify'], {
    nodes: [{ name: 'vast', pods: 5000 }],
    pods: pods(12, { node: 'vast' }),
  })
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain('error: This creates 4988 pods. Confirm it with --yes')
})

test.each([64, 80, 120])('at %i columns nothing is wider but the lines to copy', async (columns) => {
  const argv = [
    '--target',
    '400',
    '--pods',
    '500',
    '--per-node-detail',
    '-o',
    'json',
    '--threshold',
    'node_free_pods>=10',
  ]
  const record = recordOf(await run(argv, { ...CLUSTER, forbidden: ['nodes/proxy'] }))
  const text = renderMaxPods({ output: 'table', perNodeDetail: true })(record, {
    wide: false,
    headers: true,
    color: false,
    columns,
  })
  const isCopied = (line: string) => /^ {2,}(kubectl|on |- --|systemctl)|^ {4}/.test(line)
  expect(text.split('\n').filter((line) => line.length > columns && !isCopied(line))).toEqual([])
  for (const word of ['maxPods: 400', '--node-cidr-mask-size=22', 'RISK', 'NOT-READ', 'Too many pods'])
    expect(text).toContain(word)
})

test('names that a cluster made up cannot touch the terminal', async () => {
  const evil = 'node-\u001b[31m\nx'
  const { stdout } = await run([], {
    nodes: [{ name: evil }, { name: 'b', taints: [{ key: '\u001b]0;x', effect: 'NoSchedule' }] }],
  })
  expect(stdout).not.toContain('\u001b')
  expect((await run(['-o', 'name', '-q'], { nodes: [{ name: evil }] })).stdout).not.toContain('\u001b')
})

test('the files of a run that only reads', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'maxpods-'))
  try {
    const ended = await run(['-q', '--output-dir', join(folder, 'run')])
    expect(ended.exitCode, ended.stderr).toBe(0)
    const files = await readdir(join(folder, 'run'))
    expect(files.toSorted()).toEqual([
      'index.json',
      'metrics.json',
      'run.json',
      'run.log',
      'samples.ndjson',
      'thresholds.json',
    ])
    const record = JSON.parse(await readFile(join(folder, 'run', 'run.json'), 'utf8')) as RunRecord
    expect(maxPodsDetails(record)?.cluster.running).toBe(32)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('--no-kubelet leaves kubelets alone, and says so', async () => {
  const kubelet = () => {
    throw new Error('a kubelet was asked')
  }
  const { exitCode, stdout } = await run(['--no-kubelet'], { ...CLUSTER, kubelet })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^settings of kubelets +--no-kubelet +podsPerCore/m)
})

test('a node that reports no pods has no figures instead of 0', async () => {
  const { stdout } = await run([], {
    nodes: [{ name: 'a', pods: null }, { name: 'b' }],
    kubelet: () => ({ maxPods: 110 }),
  })
  expect(stdout).toMatch(/^a +- +0 +- +0% +0% +- +-$/m)
  expect(stdout).toMatch(/^WARNING +1 +no allocatable pods are reported, so the scheduler puts none there: a/m)
})
