import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registry } from './registry.ts'

const manifest = '{"schemaVersion":2}'
const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`
const requests: string[] = []
let store: string
let server: Server
let url: string

beforeAll(async () => {
  store = await mkdtemp(join(tmpdir(), 'registry-'))
  await mkdir(join(store, 'blobs'))
  await writeFile(join(store, 'blobs', digest.slice(7)), manifest)
  await writeFile(
    join(store, 'references.json'),
    JSON.stringify({ 'docker.io/library/busybox:1': digest, 'private.example.com/secret:1': digest }),
  )
  server = createServer(registry([store], (line) => requests.push(line)))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  await rm(store, { recursive: true })
})

test('says that it is a registry', async () => {
  expect((await fetch(`${url}/v2/`)).status).toBe(200)
})

test('serves a manifest by tag and by digest, and a blob by digest', async () => {
  for (const path of [`manifests/1?ns=docker.io`, `manifests/${digest}?ns=docker.io`, `blobs/${digest}?ns=docker.io`]) {
    const response = await fetch(`${url}/v2/library/busybox/${path}`)
    expect([response.status, response.headers.get('docker-content-digest')]).toEqual([200, digest])
    expect(await response.text()).toBe(manifest)
  }
})

test('answers HEAD with the size alone', async () => {
  const response = await fetch(`${url}/v2/library/busybox/manifests/1?ns=docker.io`, { method: 'HEAD' })
  expect(response.headers.get('content-length')).toBe(String(manifest.length))
  expect(response.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json')
  expect(await response.text()).toBe('')
})

test.each([
  ['another tag', '/v2/library/busybox/manifests/2?ns=docker.io', 'MANIFEST_UNKNOWN'],
  ['the same name in another registry', '/v2/library/busybox/manifests/1?ns=quay.io', 'MANIFEST_UNKNOWN'],
  ['a blob that is not there', `/v2/library/busybox/blobs/sha256:${'0'.repeat(64)}`, 'BLOB_UNKNOWN'],
  ['a path out of the store', '/v2/library/busybox/blobs/sha256:..%2F..%2Freferences.json', 'BLOB_UNKNOWN'],
  ['a property that every object has', '/v2/constructor/manifests/x?ns=docker.io', 'MANIFEST_UNKNOWN'],
  ['no repository', '/v2/_catalog', 'NAME_UNKNOWN'],
])('knows nothing of %s', async (_, path, code) => {
  const response = await fetch(`${url}${path}`)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ errors: [{ code }] })
})

test('the private registry serves only who is known', async () => {
  const path = `${url}/v2/secret/manifests/1?ns=private.example.com`
  const get = async (user?: string) => {
    const authorization = `Basic ${Buffer.from(user ?? '').toString('base64')}`
    const response = await fetch(path, user === undefined ? {} : { headers: { authorization } })
    await response.text()
    return [response.status, response.headers.get('www-authenticate')]
  }
  expect(await get()).toEqual([401, 'Basic realm="private registry"'])
  expect(await get('puller:guessed')).toEqual([401, 'Basic realm="private registry"'])
  expect(await get('puller:let-me-in')).toEqual([200, null])
})

test('takes nothing', async () => {
  const response = await fetch(`${url}/v2/library/busybox/blobs/uploads/`, { method: 'POST' })
  expect(response.status).toBe(405)
})

test('logs what was asked and what it answered', async () => {
  await fetch(`${url}/v2/library/none/manifests/1?ns=docker.io`)
  await expect.poll(() => requests).toContain('GET /v2/library/none/manifests/1?ns=docker.io 404')
})
