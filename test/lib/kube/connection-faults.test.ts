import { mkdir } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../../../lib/kube/client.ts'
import { describeNetworkFault } from '../../../lib/kube/connection-error.ts'
import type { ConnectionOptions } from '../../../lib/kube/kubeconfig/connection-options.ts'
import { certificateFile, createAuthority, issueCertificate, keyFile } from '../../cluster/certificates.ts'
import { type FaultServer, startFaultServer } from './fault-server.ts'

async function fault(server: FaultServer, options: ConnectionOptions = {}): Promise<Error & { kind?: string }> {
  const client = await server.connect(options)
  try {
    await client.getJson('/version')
  } catch (error) {
    return error as Error
  } finally {
    await client[Symbol.asyncDispose]()
  }
  throw new Error('it did not fail')
}

/** Something that listens and is no API server. */
async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<Server & { port: number }> {
  const server = createServer(onConnection)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(server, { port: (server.address() as AddressInfo).port })
}

test('nobody listens there', async () => {
  const server = await startFaultServer()
  await server[Symbol.asyncDispose]()
  const client = await connect(
    { server: server.url, insecureSkipTlsVerify: true, tlsServerName: 'kubernetes' },
    { variables: {}, homeDirectory: '/nonexistent', workingDirectory: '/' },
  )
  await expect(client.getJson('/version')).rejects.toMatchObject({
    kind: 'refused',
    advice: ['check the server of the cluster in the kubeconfig, the network and the proxy settings'],
    attempts: 1,
    message: `The connection to the server ${server.url.slice(8)} was refused - did you specify the right host or port?`,
  })
})

test('nobody listens there since nobody said where', async () => {
  const client = await connect({}, { variables: {}, homeDirectory: '/nonexistent', workingDirectory: '/' })
  await expect(client.getJson('/version')).rejects.toMatchObject({
    message: 'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    advice: ['no kubeconfig names a server: set KUBECONFIG, or give --kubeconfig or --server'],
  })
})

test('a certificate of an authority that is not trusted', async () => {
  await using server = await startFaultServer()
  const foreign = join(server.folder, 'foreign')
  await mkdir(foreign)
  await createAuthority(foreign)
  const message =
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority'
  expect(await fault(server, { certificateAuthority: certificateFile(foreign, 'ca') })).toMatchObject({
    kind: 'tls',
    message,
  })
  expect(await fault(server, { certificateAuthority: '' })).toMatchObject({ kind: 'tls', message })
  const trusting = await server.connect({ certificateAuthority: '', insecureSkipTlsVerify: true })
  expect(await trusting.getJson('/version')).toEqual({})
  await trusting[Symbol.asyncDispose]()
})

test('a certificate of another name, and how --tls-server-name helps', async () => {
  await using server = await startFaultServer({ hosts: ['kubernetes', 'kubernetes.default'] })
  expect((await fault(server)).message).toBe(
    "Unable to connect to the server: tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
  )
  expect((await fault(server, { tlsServerName: 'foo.bar' })).message).toBe(
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate is valid for kubernetes, kubernetes.default, not foo.bar',
  )
  const client = await server.connect({ tlsServerName: 'kubernetes' })
  expect(await client.getJson('/version')).toEqual({})
  await client[Symbol.asyncDispose]()
})

test('a server that speaks no TLS', async () => {
  await using server = await startFaultServer({ protocol: 'plain' })
  expect(await fault(server, { server: server.url.replace('http:', 'https:') })).toMatchObject({
    kind: 'tls',
    message: 'Unable to connect to the server: http: server gave HTTP response to HTTPS client',
  })
})

test('a server that hangs up before it has said a word', async () => {
  const server = await listen((socket) => socket.destroy())
  await using other = await startFaultServer()
  const error = await fault(other, { server: `https://127.0.0.1:${server.port}` })
  expect(error.message).toMatch(/^Unable to connect to the server: (EOF|read: connection reset by peer)$/)
  server.close()
})

test('closing the client while a server is silent in the TLS handshake leaves no socket', async () => {
  const sockets = new Set<Socket>()
  const server = await listen((socket) => {
    sockets.add(socket)
    socket
      .on('data', () => {})
      .on('error', () => {})
      .on('close', () => sockets.delete(socket))
  })
  const client = await connect(
    { server: `https://127.0.0.1:${server.port}`, insecureSkipTlsVerify: true },
    { variables: {}, homeDirectory: '/nonexistent', workingDirectory: '/' },
  )
  const waiting = client.getJson('/version').catch((error: unknown) => error)
  await expect.poll(() => sockets.size).toBe(1)
  await client[Symbol.asyncDispose]()
  expect(await waiting).toMatchObject({ kind: 'closed' })
  await expect.poll(() => sockets.size).toBe(0)
  server.close()
})

test('a name that does not resolve', async () => {
  await using server = await startFaultServer()
  expect((await fault(server, { server: 'https://does-not-exist.invalid:6443' })).message).toMatch(
    /^Unable to connect to the server: dial tcp: lookup does-not-exist\.invalid: (no such host|Temporary failure in name resolution)$/,
  )
})

test('certificates that make no sense are found before anything is sent', async () => {
  await using server = await startFaultServer({ requestCertificate: true })
  await issueCertificate(server.folder, 'other', { user: 'other' })
  const pair = (certificate: string, key: string) => ({
    token: '',
    clientCertificate: certificateFile(server.folder, certificate),
    clientKey: keyFile(server.folder, key),
  })
  expect((await fault(server, pair('client', 'other'))).message).toBe(
    'error: tls: private key does not match public key',
  )
  expect((await fault(server, { certificateAuthority: keyFile(server.folder, 'other') })).message).toMatch(
    /^(error: tls|Unable)/,
  )
  expect(server.connections).toBe(0)
  const client = await server.connect(pair('client', 'client'))
  expect(await client.getJson('/version')).toEqual({})
  await client[Symbol.asyncDispose]()
})

test('every code that Node knows gets words, and none of Node’s own', () => {
  const words = (code: string, more: object = {}) =>
    describeNetworkFault(Object.assign(new Error('NODE'), { code, ...more }), { host: 'h:1' }, false).message.replace(
      'Unable to connect to the server: ',
      '',
    )
  const address = { address: '10.0.0.1', port: 6443 }
  expect(words('ETIMEDOUT', address)).toBe('dial tcp 10.0.0.1:6443: i/o timeout')
  expect(words('EHOSTUNREACH', address)).toBe('dial tcp 10.0.0.1:6443: connect: no route to host')
  expect(words('ENETUNREACH', address)).toBe('dial tcp 10.0.0.1:6443: connect: network is unreachable')
  expect(words('ECONNRESET')).toBe('EOF')
  expect(words('CERT_HAS_EXPIRED')).toBe(
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  )
  expect(words('CERT_NOT_YET_VALID')).toBe(
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  )
  expect(words('DEPTH_ZERO_SELF_SIGNED_CERT')).toBe(
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  )
  expect(words('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE')).toBe('remote error: tls: sslv3 alert bad certificate')
})
