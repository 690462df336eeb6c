import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import type { ControlPlane } from '../cluster/control-plane.ts'
import { sharedCluster } from '../cluster/shared-cluster.ts'

// The binary as a person gets it: found by a real kubectl in PATH.

const binary = fileURLToPath(new URL('../../dist/kubectl-perf', import.meta.url))
const pluginFolder = dirname(binary)

let cluster: ControlPlane
beforeAll(async () => {
  await stat(binary).catch(() => {
    throw new Error(`${binary} is missing: run npm run build`)
  })
  cluster = await sharedCluster()
})

// A run waits for its namespaces to go, which others may be before.
const kubectl = (...args: string[]) => cluster.tryKubectl(args, { pluginFolder, timeoutMs: 110_000 })

test('kubectl lists it as its plugin, without a warning', async () => {
  const { stdout, stderr } = await kubectl('plugin', 'list')
  expect(stdout.split('\n')).toContain(binary)
  expect(stderr).not.toContain(pluginFolder)
})

test('it says its version, as text and for scripts', async () => {
  const version = `v${packageJson.version}`
  expect(await kubectl('perf', '--version')).toEqual({ stdout: `kubectl-perf ${version}\n`, stderr: '', exitCode: 0 })
  const { stdout } = await kubectl('perf', 'version', '-ojson')
  expect(JSON.parse(stdout)).toMatchObject({ name: 'kubectl-perf', version })
})

test('words and exit codes pass through kubectl unchanged', async () => {
  expect(await kubectl('perf', 'density', '--iterations', '-1')).toEqual({
    stdout: '',
    stderr:
      'error: invalid argument "-1" for "--iterations" flag: must be at least 1\nSee \'kubectl perf density --help\' for usage.\n',
    exitCode: 2,
  })
})

test('it measures a cluster, and the result alone is on stdout', async () => {
  const { stdout, exitCode } = await kubectl('perf', 'density', '--iterations', '3', '-o', 'json')
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'density', outcome: 'passed' })
})

test('a reader that goes away early is no fault', async () => {
  const { stdout, stderr } = await promisify(execFile)('bash', [
    '-c',
    `set -o pipefail; ("${binary}" density --help; echo "exit code $?" >&2) | head -n 1`,
  ])
  expect({ stdout, stderr }).toEqual({
    stdout: 'How fast pods are created, scheduled, started and ready.\n',
    stderr: 'exit code 0\n',
  })
})

test('a result that cannot be written is an error', async () => {
  const { stderr } = await promisify(execFile)('bash', [
    '-c',
    `"${binary}" version -o json >/dev/full; echo "exit code $?" >&2`,
  ])
  expect(stderr).toBe('error: cannot write the result: ENOSPC: no space left on device, write\nexit code 1\n')
})
