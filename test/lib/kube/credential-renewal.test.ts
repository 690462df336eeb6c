import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../../../lib/kube/client.ts'
import { certificateFile, issueCertificate, keyFile } from '../../cluster/certificates.ts'
import { type FaultServer, startFaultServer } from './fault-server.ts'

const API_VERSION = 'client.authentication.k8s.io/v1'

/** A client whose plugin gives the next of these credentials at each run, and the last one from then on. */
async function connectWithPlugin(server: FaultServer, credentials: readonly object[]) {
  const { folder } = server
  const runs = join(folder, 'runs')
  await writeFile(runs, '')
  for (const [index, status] of credentials.entries()) {
    await writeFile(join(folder, `credential-${index}`), JSON.stringify({ apiVersion: API_VERSION, status }))
  }
  const plugin = join(folder, 'plugin')
  const last = credentials.length - 1
  await writeFile(
    plugin,
    `#!/bin/sh\nn=$(wc -l < ${runs})\necho run >> ${runs}\n[ $n -gt ${last} ] && n=${last}\ncat ${folder}/credential-$n\n`,
  )
  await chmod(plugin, 0o755)
  const config = {
    clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority': server.authorityFile } }],
    users: [{ name: 'u', user: { exec: { apiVersion: API_VERSION, command: plugin, interactiveMode: 'Never' } } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  await writeFile(join(folder, 'config'), JSON.stringify(config))
  const client = await connect(
    { kubeconfig: 'config' },
    { variables: { PATH: '/usr/bin:/bin' }, homeDirectory: folder, workingDirectory: folder },
  )
  const countRuns = async () => (await readFile(runs, 'utf8')).split('\n').length - 1
  return { client, countRuns }
}

test('a token that ends while requests are under way is renewed once, and no request fails', async () => {
  await using server = await startFaultServer()
  const { client, countRuns } = await connectWithPlugin(server, [{ token: 'old' }, { token: 'new' }])
  let hasEnded = false
  server.answer((call) => {
    const isAccepted = call.headers.authorization === `Bearer ${hasEnded ? 'new' : 'old'}`
    setTimeout(() => (isAccepted ? call.reply(200, {}) : call.reply(401, 'Unauthorized')), 5)
  })
  await client.getJson('/version')
  hasEnded = true
  const codes: number[] = []
  client.observe((sample) => codes.push(sample.code))
  await Promise.all(Array.from({ length: 30 }, () => client.getJson('/version')))
  expect(await countRuns()).toBe(2)
  expect(codes.filter((code) => code === 401).length).toBe(30)
  expect(codes.filter((code) => code === 200).length).toBe(30)
  expect(client.statistics().retries).toBe(30)
  await client[Symbol.asyncDispose]()
})

test('a token that is refused twice is refused', async () => {
  await using server = await startFaultServer()
  const { client, countRuns } = await connectWithPlugin(server, [{ token: 'bad' }])
  server.answer((call) => call.reply(401, { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' }))
  await expect(client.getJson('/version')).rejects.toMatchObject({
    code: 401,
    message: 'error: You must be logged in to the server (Unauthorized)',
    advice: ['log in to the cluster again, or check the user of the kubeconfig context'],
  })
  expect([server.calls.length, await countRuns()]).toEqual([2, 2])
  await client[Symbol.asyncDispose]()
})

test('a new certificate takes new connections', async () => {
  await using server = await startFaultServer({ requestCertificate: true })
  const pair = async (name: string) => {
    await issueCertificate(server.folder, name, { user: name })
    return {
      clientCertificateData: await readFile(certificateFile(server.folder, name), 'utf8'),
      clientKeyData: await readFile(keyFile(server.folder, name), 'utf8'),
    }
  }
  const { client } = await connectWithPlugin(server, [await pair('first'), await pair('second')])
  server.answer((call) => call.reply(call.clientName === 'second' ? 200 : 401, {}))
  await client.getJson('/version')
  expect(server.calls.map((call) => `${call.connection} ${call.clientName}`)).toEqual(['1 first', '2 second'])
  await client[Symbol.asyncDispose]()
})

test('a watch renews its token too', async () => {
  await using server = await startFaultServer()
  const { client } = await connectWithPlugin(server, [{ token: 'old' }, { token: 'new' }])
  server.answer((call) => {
    if (call.headers.authorization !== 'Bearer new') {
      call.reply(401, 'Unauthorized')
      return
    }
    call.begin()
    call.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n')
  })
  for await (const event of client.watch('/api/v1/pods')) {
    expect(event.type).toBe('ADDED')
    break
  }
  expect(server.calls.length).toBe(2)
  await client[Symbol.asyncDispose]()
})
