import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeAnswer {
  code?: number
  type?: string
  headers?: Record<string, string>
  body: string
}

/** A server that answers as told, and has a clock of its own. */
export interface FakePrometheus extends AsyncDisposable {
  url: string
  /** The queries it was asked, in order, `time()` left out, with all their parameters. */
  queries: { path: string; parameters: Record<string, string>; authorization: string | undefined }[]
}

export const success = (resultType: string, result: unknown, more = {}): FakeAnswer => ({
  body: JSON.stringify({ status: 'success', data: { resultType, result }, ...more }),
})

/** @param answer to each query but `time()`; undefined breaks the connection; counts from 0 */
export async function fakePrometheus(
  answer: (path: string, index: number) => FakeAnswer | undefined | Promise<FakeAnswer>,
  { clockAheadMs = 0, answersTime = true } = {},
): Promise<FakePrometheus> {
  const queries: FakePrometheus['queries'] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const parameters = Object.fromEntries(url.searchParams)
    const now = (Date.now() + clockAheadMs) / 1000
    const isTime = parameters.query === 'time()' && answersTime
    if (!isTime) queries.push({ path: url.pathname, parameters, authorization: request.headers.authorization })
    const given = isTime ? success('scalar', [now, String(now)]) : await answer(url.pathname, queries.length - 1)
    if (given === undefined) {
      request.socket.destroy()
      return
    }
    response.writeHead(given.code ?? 200, { 'content-type': given.type ?? 'application/json', ...given.headers })
    response.end(given.body)
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
