import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { certificateFile, createAuthority } from '../cluster/certificates.ts'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { sharedCluster } from '../cluster/shared-cluster.ts'
import { runCommandLine } from './run-command-line.ts'

// What a person sees when the cluster cannot be reached or says no.

let cluster: ControlPlane
let folder = ''
beforeAll(async () => {
  cluster = await sharedCluster()
  folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-connection-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

/** The administrator's kubeconfig with its text changed. */
const altered = async (name: string, change: (text: string) => string) =>
  written(name, change(await readFile(cluster.kubeconfig, 'utf8')))

async function foreignAuthority(): Promise<string> {
  await mkdir(join(folder, 'foreign'))
  await createAuthority(join(folder, 'foreign'))
  return certificateFile(join(folder, 'foreign'), 'ca')
}

/** A server that accepts connections and never says a word. */
async function silentServer(): Promise<{ url: string; close: () => void }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

const noDetails = (text: string) => text

interface Situation {
  /** The administrator's where there is none. */
  kubeconfig?: () => string | Promise<string>
  flags?: () => string[] | Promise<string[]>
  exitCode: 1 | 2
  /** Leaves out of both lines what Go's libraries and Node's word differently. */
  essence?: (text: string) => string
}

const situations: Record<string, Situation> = {
  'no kubeconfig': { kubeconfig: () => join(folder, 'absent'), exitCode: 1 },
  'a kubeconfig that is not there': { flags: () => ['--kubeconfig', '/no/such/file'], exitCode: 2 },
  'a kubeconfig that is no YAML': {
    kubeconfig: () => written('no-yaml', 'apiVersion: v1\nclusters: [{name: a\n'),
    exitCode: 2,
    essence: (text) => text.replace(/(yaml: line \d+: ).*/, '$1'),
  },
  'a context that is unknown': { flags: () => ['--context', 'nope'], exitCode: 2 },
  'a current context that is unknown': {
    kubeconfig: () => altered('current', (text) => text.replace(/current-context: .*/, 'current-context: nope')),
    exitCode: 2,
  },
  'an authority that did not sign the certificate of the server': {
    flags: async () => ['--certificate-authority', await foreignAuthority()],
    exitCode: 1,
    essence: (text) => text.replace(/ \(possibly because of .*/, ''),
  },
  'a token that is wrong or has expired': {
    kubeconfig: () =>
      altered('token', (text) => text.replace(/client-certificate-data: .*\n *client-key-data: .*/, 'token: wrong')),
    exitCode: 1,
  },
  'a server that refuses connections': { flags: () => ['--server', 'https://127.0.0.1:1'], exitCode: 1 },
}

test.for(Object.entries(situations))('%s: one clear line, that of kubectl', async ([, situation]) => {
  const { exitCode, essence = noDetails } = situation
  const kubeconfig = (await situation.kubeconfig?.()) ?? cluster.kubeconfig
  const flags = (await situation.flags?.()) ?? []
  const theirs = await cluster.tryKubectl(['get', '--raw', '/version', ...flags], { kubeconfig })
  const line = theirs.stderr.trimEnd().split('\n').at(-1) ?? ''
  expect(line).not.toBe('')
  for (const command of ['density', 'cleanup']) {
    const ended = await runCommandLine(kubeconfig, [command, ...flags])
    const [ours = '', ...rest] = ended.stderr.trimEnd().split('\n')
    expect(essence(ours)).toBe(essence(line))
    expect(ended).toMatchObject({ exitCode, stdout: '' })
    for (const text of rest) expect(text).toMatch(/^ {2}\S|^See 'kubectl perf /)
  }
})

test('a server that hangs: ends after --request-timeout', async () => {
  const { url, close } = await silentServer()
  try {
    for (const command of ['density', 'cleanup']) {
      expect(
        await runCommandLine(cluster.kubeconfig, [command, '--server', url, '--request-timeout', '300ms']),
      ).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(/^Unable to connect to the server: net\/http: /) as string,
      })
    }
  } finally {
    close()
  }
})

/** A user who has the documented role but for some verbs of one resource. */
async function userWithout(user: string, resource: string, verbs: readonly string[]): Promise<string> {
  const kubeconfig = await cluster.createUser(user)
  // The first role of the file is the one that a run needs; the others add figures.
  const role = parseAllDocuments(await readFile('docs/rbac/density.yaml', 'utf8'))[0]?.toJS() as {
    metadata: { name: string }
    rules: { resources: string[]; verbs: string[] }[]
  }
  role.metadata.name = user
  for (const rule of role.rules) {
    if (rule.resources.includes(resource)) rule.verbs = rule.verbs.filter((verb) => !verbs.includes(verb))
  }
  role.rules = role.rules.filter((rule) => rule.verbs.length > 0)
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(role) })
  await cluster.kubectl(['create', 'clusterrolebinding', user, `--clusterrole=${user}`, `--user=${user}`])
  return kubeconfig
}

test.each([
  ['pods', ['create'], 'cannot create pods', 'create pods'],
  ['pods', ['watch', 'deletecollection'], 'cannot watch pods', 'watch,deletecollection pods'],
  ['namespaces', ['create'], 'cannot create namespaces', 'create namespaces'],
  ['namespaces', ['delete'], 'cannot delete namespaces', 'delete namespaces'],
])('without %s %j: told at once what is missing and what to do', async (resource, verbs, fault, missing) => {
  const user = `without-${verbs.join('-')}-${resource}`
  const kubeconfig = await userWithout(user, resource, verbs)
  const { exitCode, stdout, stderr } = await runCommandLine(kubeconfig, ['density', '--iterations', '2'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr.split('\n').slice(0, 3)).toEqual([
    `error: ${fault}: forbidden for user "${user}"`,
    expect.stringMatching(/^ {2}needs: .*pods.*namespaces/),
    `  missing: ${missing}`,
  ])
  expect(stderr).toContain('docs/rbac/density.yaml')
})

test('cleanup without the right to look says which right, and how less is enough', async () => {
  const kubeconfig = await cluster.createUser('cleanup-nobody')
  const ended = await runCommandLine(kubeconfig, ['cleanup', '-y'])
  const theirs = await cluster.tryKubectl(['get', 'namespaces'], { kubeconfig })
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
  expect(ended.stderr.split('\n')).toEqual([
    theirs.stderr.trimEnd(),
    '  the role of the command that is cleaned up after has the rights (docs/rbac)',
    '  --namespace NAMESPACE looks in that one alone, and needs rights there only',
    '',
  ])
})

test.each([['density'], ['netperf']])('%s in a namespace that is not there', async (command) => {
  const argv = [command, '--namespace', 'no-such', '--no-create-namespace', '-o', 'json', '-y']
  const ended = await runCommandLine(cluster.kubeconfig, argv)
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
  expect(ended.stderr.split('\n').slice(0, 2)).toEqual([
    'Error from server (NotFound): namespaces "no-such" not found',
    '  kubectl create namespace no-such, or --namespace with one of "kubectl get namespaces"',
  ])
})
