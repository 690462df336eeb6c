import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { privateRegistry } from './image-definitions.ts'
import type { ImageReferences } from './image-store.ts'

/**
 * A read-only registry (OCI distribution specification 1.1, "pull") over image stores. As a mirror it stands in for every
 * registry there is: containerd says in the query parameter `ns` which one it means. What it has not got is answered with 404,
 * so that a pull of it fails as it would in a real cluster.
 */
export function registry(stores: readonly string[], log: (line: string) => void): RequestListener {
  const references: ImageReferences = Object.assign({}, ...stores.map(readReferences))
  return (request, response) => {
    response.once('finish', () => log(`${request.method} ${request.url} ${response.statusCode}`))
    answer(stores, references, request, response)
  }
}

function readReferences(store: string): ImageReferences {
  return JSON.parse(readFileSync(join(store, 'references.json'), 'utf8')) as ImageReferences
}

function answer(
  stores: readonly string[],
  references: ImageReferences,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://registry')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'UNSUPPORTED', 'this registry is read-only')
    return
  }
  if (url.pathname === '/v2/') {
    response.writeHead(200, { 'content-length': 0 }).end()
    return
  }
  const registryName = url.searchParams.get('ns') ?? 'docker.io'
  if (registryName === privateRegistry.host && request.headers.authorization !== privateAuthorization) {
    response.setHeader('www-authenticate', 'Basic realm="private registry"')
    refuse(response, 401, 'UNAUTHORIZED', 'this registry wants to know who asks')
    return
  }
  const [, name, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? []
  if (name === undefined || reference === undefined) {
    refuse(response, 404, 'NAME_UNKNOWN', 'no such repository')
    return
  }
  const isManifest = kind === 'manifests'
  const digest = reference.startsWith('sha256:') ? reference : references[`${registryName}/${name}:${reference}`]
  const files = digest === undefined ? [] : stores.map((store) => blobFile(store, digest))
  const file = files.find((candidate) => candidate !== undefined && existsSync(candidate))
  if (digest === undefined || file === undefined) {
    refuse(response, 404, isManifest ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN', `${name}: ${reference} is unknown`)
    return
  }
  response.writeHead(200, {
    'content-type': isManifest ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream',
    'content-length': statSync(file).size,
    'docker-content-digest': digest,
  })
  if (request.method === 'HEAD') response.end()
  else createReadStream(file).pipe(response)
}

const privateUser = Buffer.from(`${privateRegistry.username}:${privateRegistry.password}`)
const privateAuthorization = `Basic ${privateUser.toString('base64')}`

function blobFile(store: string, digest: string): string | undefined {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1]
  return hex === undefined ? undefined : join(store, 'blobs', hex)
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] })
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body)
}
