import { readFileSync } from 'node:fs'
import { Agent, request as httpsRequest } from 'node:https'
import { certificateFile, keyFile } from './certificates.ts'

/** The rig's own plain client: what it sets up and checks must not rest on the code under test. */
export interface ApiClient {
  /** Gives status and parsed body; rejects only when there is no answer. */
  request(method: string, path: string, body?: unknown): Promise<ApiResponse>
  /** Closes its connections. */
  close(): void
}

export interface ApiResponse {
  readonly status: number
  /** The parsed JSON, or the text of what is not JSON. */
  readonly body: unknown
}

/** A client of the cluster's administrator. Only a server with a certificate of this cluster's own CA is talked to. */
export function adminClient(folder: string, server: string): ApiClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: readFileSync(certificateFile(folder, 'ca')),
    cert: readFileSync(certificateFile(folder, 'admin')),
    key: readFileSync(keyFile(folder, 'admin')),
  })
  return {
    request: (method, path, body) => send(agent, new URL(path, server), method, body),
    close: () => agent.destroy(),
  }
}

function send(agent: Agent, url: URL, method: string, body: unknown): Promise<ApiResponse> {
  const contentType = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json'
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { agent, method, timeout: 10_000, headers: { 'content-type': contentType } })
    request.once('error', reject)
    request.once('timeout', () => request.destroy(new Error(`${method} ${url.href}: no answer within 10 s`)))
    request.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const isJson = response.headers['content-type']?.startsWith('application/json') === true
        resolve({ status: response.statusCode ?? 0, body: isJson ? (JSON.parse(text) as unknown) : text })
      })
    })
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
