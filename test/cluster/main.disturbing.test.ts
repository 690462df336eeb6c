import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { attachControlPlane } from './control-plane.ts'
import { runCommand } from './run-command.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const name = `cli-${randomBytes(4).toString('hex')}`

const run = (...args: string[]) =>
  runCommand(process.execPath, [main, ...args], { env: process.env, timeoutMs: 240_000 })

afterAll(() => run('down', '--name', name))

test('up starts a cluster that outlives the command, and adds to it; down removes it', async () => {
  const started = await run('up', '--kwok-nodes', '2', '--pods-per-node', '7', '--name', name)
  expect(started).toMatchObject({ exitCode: 0, stdout: '' })
  const kubeconfig = await run('kubeconfig', '--name', name)
  expect(kubeconfig).toMatchObject({ exitCode: 0, stderr: '' })
  expect(existsSync(kubeconfig.stdout.trimEnd())).toBe(true)
  const cluster = await attachControlPlane(name)
  expect(`${cluster.kubeconfig}\n`).toBe(kubeconfig.stdout)
  const processes = await cluster.processIds('kube-apiserver')
  const nodes = ['get', 'nodes', '-o', 'jsonpath={.items[*].status.allocatable.pods}']
  expect(await cluster.kubectl(nodes)).toBe('7 7')

  await run('up', '--kwok-nodes', '3', '--name', name)
  expect(await cluster.kubectl(nodes)).toBe('7 7 110')
  expect(await cluster.processIds('kube-apiserver')).toEqual(processes)
  const status = await run('status', '--name', name)
  expect(status.stdout).toContain(`server:      ${cluster.server}\n`)
  const listed = /^processes: +(.*)$/m.exec(status.stdout)?.[1]?.split(', ').toSorted()
  expect(listed).toEqual(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'])

  expect(await run('down', '--name', name)).toMatchObject({ exitCode: 0, stdout: '' })
  expect(existsSync(cluster.folder)).toBe(false)
  expect(await run('kubeconfig', '--name', name)).toMatchObject({
    exitCode: 1,
    stderr: `error: There is no cluster ${name}\nStart it: npm run cluster -- up\n`,
  })
  expect(await run('down', '--name', name)).toMatchObject({ exitCode: 0 })
})

test.each([
  [['sideways']],
  [[]],
  [['up', '--kwok-nodes', '-1']],
  [['up', '--kwok-nodes', 'many']],
  [['up', '--real-nodes', '8']],
  [['up', '--max-pods', 'node-b']],
  [['up', '--max-pods', 'kwok-0000=3']],
  [['up', '--max-pods', 'node-b=254']],
  [['up', '--zone', 'zone-1']],
  [['up', '--taint', 'node-b=dedicated']],
  [['up', '--cilium-agents', '8']],
  [['up', '--cilium-agents', '2', '--cilium-operator']],
  [['up', '--cilium-agents', '2', '--dual-stack']],
  [['up', '--cilium-value', 'routingMode']],
  [['up', '--cilium-maps', 'large']],
  [['up', '--ces-write-rate', '0']],
  [['up', '--name', '../elsewhere']],
  [['shape', '--rate', '1G']],
  [['shape', 'node-a']],
  [['shape', 'node-a', '--rate', 'fast']],
  [['shape', 'node-a', '--rate', '1G', '--clear']],
  [['shape', 'node-a', '--rate', '1G', '--direction', 'up']],
  [['status', 'node-a']],
  [['up', '--no-such-option']],
])('refuses %j', async (args) => {
  const result = await run(...args)
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toMatch(/^error: /)
})
