import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `npm run package` puts a release; `npm test` runs it before. */
export const releaseFolder = fileURLToPath(new URL('../../dist/packages', import.meta.url))

/** The checksums of a release by file, as its checksums.txt has them. */
export async function readChecksums(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(releaseFolder, 'checksums.txt'), 'utf8').catch(() => {
    throw new Error(`${releaseFolder} has no checksums.txt: run npm run package`)
  })
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const [sum = '', file = ''] = line.split('  ')
        return [file, sum]
      }),
  )
}

/** A server on this machine from which the files of the release can be downloaded, as from the page of a release. */
export async function serveRelease(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const file = join(releaseFolder, new URL(request.url ?? '', 'http://localhost').pathname)
    stat(file).then(
      ({ size }) => {
        response.writeHead(200, { 'content-length': size })
        createReadStream(file).pipe(response)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
