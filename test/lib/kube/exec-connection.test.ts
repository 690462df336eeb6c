import { chmod, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../../../lib/kube/client.ts'
import { runInPod } from '../../../lib/kube/streams/run-in-pod.ts'
import { certificateFile, keyFile } from '../../cluster/certificates.ts'
import { type StreamServer, SUCCESS, startStreamServer } from './stream-server.ts'

// Commands in pods reach the server in every way that requests do: credentials, certificates, names, proxies.

const TARGET = { namespace: 'shop', pod: 'web-1' }

const acceptAll = (server: StreamServer) =>
  server.serve((stream) => {
    stream.send(3, SUCCESS)
    stream.socket.close(1000)
  })

test('a token of a plugin that the server refuses is renewed, once', async () => {
  await using server = await startStreamServer()
  const { folder } = server
  const plugin = join(folder, 'plugin')
  const credential = (token: string) =>
    JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', status: { token } })
  // "1" at the first run, "2" at the second …
  await writeFile(join(folder, 'runs'), '')
  await writeFile(
    plugin,
    `#!/bin/sh\necho >> ${folder}/runs\nn=$(wc -l < ${folder}/runs)\necho '${credential('N')}' | sed "s/\\"N\\"/\\"$n\\"/"\n`,
  )
  await chmod(plugin, 0o755)
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' }
  const config = {
    clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority': server.authorityFile } }],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  await writeFile(join(folder, 'config'), JSON.stringify(config))
  await using client = await connect(
    { kubeconfig: 'config' },
    { variables: { PATH: '/usr/bin:/bin' }, homeDirectory: folder, workingDirectory: folder },
  )
  const tokens: (string | undefined)[] = []
  let accepted = 'Bearer 2'
  server.onUpgrade((request, socket, head) => {
    tokens.push(request.headers.authorization)
    if (request.headers.authorization === accepted) server.upgrade(request, socket, head)
    else socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
  })
  acceptAll(server)
  expect((await runInPod(client, TARGET, ['true'], { timeoutMs: 10_000 })).exitCode).toBe(0)
  expect(tokens).toEqual(['Bearer 1', 'Bearer 2'])
  accepted = 'nothing'
  await expect(runInPod(client, TARGET, ['true'], { timeoutMs: 10_000 })).rejects.toMatchObject({
    code: 401,
    message: 'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
  })
  expect(tokens).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 2', 'Bearer 3'])
})

test('a client certificate, and a server that is known by another name', async () => {
  await using server = await startStreamServer({ requestCertificate: true, hosts: ['api.example'] })
  const options = {
    server: server.url,
    certificateAuthority: server.authorityFile,
    clientCertificate: certificateFile(server.folder, 'client'),
    clientKey: keyFile(server.folder, 'client'),
  }
  const environment = { variables: {}, homeDirectory: server.folder, workingDirectory: server.folder }
  let name: unknown
  server.onUpgrade((request, socket, head) => {
    const peer = request.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
    name = peer.getPeerCertificate().subject.CN
    server.upgrade(request, socket, head)
  })
  acceptAll(server)
  await using named = await connect({ ...options, tlsServerName: 'api.example' }, environment)
  expect((await runInPod(named, TARGET, ['true'], { timeoutMs: 10_000 })).exitCode).toBe(0)
  expect(name).toBe('client')
  await using unnamed = await connect(options, environment)
  await expect(runInPod(unnamed, TARGET, ['true'], { timeoutMs: 10_000 })).rejects.toMatchObject({ kind: 'tls' })
})

test('through a proxy, and to a path below the root', async () => {
  await using server = await startStreamServer()
  acceptAll(server)
  const asked: string[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const upstream = connectTcp(Number(request.url?.split(':')[1]), '127.0.0.1')
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    upstream.pipe(socket).pipe(upstream)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const config = {
    clusters: [
      {
        name: 'c',
        cluster: {
          server: `${server.url}/k8s/clusters/c-1`,
          'certificate-authority': server.authorityFile,
          'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        },
      },
    ],
    users: [{ name: 'u', user: { token: 'x' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  await writeFile(join(server.folder, 'config'), JSON.stringify(config))
  const client = await connect(
    { kubeconfig: 'config' },
    { variables: {}, homeDirectory: server.folder, workingDirectory: server.folder },
  )
  expect((await runInPod(client, TARGET, ['true'], { timeoutMs: 10_000 })).exitCode).toBe(0)
  expect(asked).toEqual([new URL(server.url).host])
  expect(server.streams[0]?.path).toBe('/k8s/clusters/c-1/api/v1/namespaces/shop/pods/web-1/exec')
  await client[Symbol.asyncDispose]()
  await new Promise((resolve) => proxy.close(resolve))
})

test('over plain HTTP, where nothing secret is sent', async () => {
  await using server = await startStreamServer({ protocol: 'plain' })
  acceptAll(server)
  await using client = await connect(
    { server: server.url, token: 'secret' },
    { variables: {}, homeDirectory: server.folder, workingDirectory: server.folder },
  )
  expect((await runInPod(client, TARGET, ['true'], { timeoutMs: 10_000 })).exitCode).toBe(0)
  expect(server.streams[0]?.headers.authorization).toBeUndefined()
})
