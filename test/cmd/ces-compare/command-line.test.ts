import { expect, test } from 'vitest'
import { MOST_ENDPOINTS as MOST_BY_OPTION } from '../../../cmd/ces-compare/options.ts'
import { run } from '../../../cmd/root.ts'
import { MOST_ENDPOINTS } from '../../../lib/ces/load/endpoint-manifest.ts'
import { fakeContext } from '../fake-context.ts'

async function compare(...argv: string[]) {
  const fake = fakeContext({})
  const exitCode = await run(['ces-compare', ...argv], fake.context)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

test.each([
  [['--pods', '5', '--endpoints', '5'], '--pods and --endpoints exclude each other'],
  [['--duration', '1m'], '--duration is for --observe-only: a load takes as long as it takes'],
  [
    ['--observe-only', '--pods', '5', '--churn', '10', '--keep'],
    '--observe-only creates nothing: --pods, --churn, --keep cannot go with it',
  ],
  [['--endpoints', '5', '--label-updates', '6'], '--label-updates 6 is more than there are endpoints: 5'],
  [
    ['--observe-only', '--rate', '5', '--image-registry', 'mirror.example', '--node-selector', 'a=b'],
    '--observe-only creates nothing: --rate, --node-selector, --image-registry cannot go with it',
  ],
  [
    ['--endpoints', '5', '--toleration', 'all', '--image-registry', 'mirror.example'],
    '--endpoints makes no pods: --toleration, --image-registry cannot go with it',
  ],
  [['--nodes-model', '10,x'], 'must be a number of nodes'],
  [['--endpoints', '130816'], '130815'],
])('%j is refused before anything is done', async (argv, message) => {
  const { exitCode, stdout, stderr } = await compare(...argv)
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(message)
})

test('no more endpoints can be asked for than there are addresses', () => {
  expect(MOST_BY_OPTION).toBe(MOST_ENDPOINTS)
})

test('the plan of a dry run shows every object, of the run and with an address for benchmarks', async () => {
  const { exitCode, stdout } = await compare('--endpoints', '3', '--dry-run', 'client')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(
    /^# Creating 3 CiliumEndpoints without pods at 20\.0\/s, changing the identity of 1; all removed afterwards\.\n---\napiVersion: v1\nkind: Namespace\n/,
  )
  expect(stdout.match(/^kind: CiliumEndpoint$/gm)).toHaveLength(3)
  expect(stdout.match(/ipv4: 198\.18\.0\.[123]$/gm)).toHaveLength(3)
  expect(stdout.match(/kubectl-perf\/run: /g)).toHaveLength(4)
  expect(stdout).toMatch(/^# POST \/apis\/cilium\.io\/v2\/namespaces\/perf-\w{6}-0\/ciliumendpoints$/m)
})

test('a small share of few pods that churn is one of them', async () => {
  const { stdout } = await compare('--pods', '1', '--churn', '10', '--dry-run', 'client')
  expect(stdout).toMatch(/^# Creating 1 pod at 20\.0\/s, replacing 1; all removed afterwards\.$/m)
})

test('pods of a dry run end by themselves, and come from the registry that is given', async () => {
  const { stdout } = await compare('--pods', '1', '--dry-run', 'client', '--image-registry', 'mirror.example/k8s')
  expect(stdout).toContain('image: mirror.example/k8s/')
  expect(stdout).toMatch(/activeDeadlineSeconds: \d+/)
})
