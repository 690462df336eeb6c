import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { ControlPlane } from '../../cluster/control-plane.ts'

/** A way to the API server that can be broken; what goes over it stays encrypted from end to end. */
export interface TcpProxy extends AsyncDisposable {
  readonly kubeconfig: string
  /** Breaks all connections; new ones are let through. */
  cut(): void
  /** Breaks all connections and refuses new ones. */
  close(): Promise<void>
  /** Accepts connections again after `close`. */
  open(): Promise<void>
  /** Accepts everything and carries nothing, until told otherwise: a network that swallows packets. */
  swallow(isSilent: boolean): void
}

export async function startProxy(cluster: ControlPlane): Promise<TcpProxy> {
  const { hostname, port } = new URL(cluster.server)
  const pairs = new Set<readonly [Socket, Socket]>()
  let isSilent = false
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    const pair = [client, upstream] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of pair) {
      socket.on('error', end).on('close', end)
      if (isSilent) socket.pause()
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => client.write(chunk))
  })
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  await listen(0)
  const own = (server.address() as AddressInfo).port
  const cut = () => {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy()
  }
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    cut()
    await closed
  }
  const kubeconfig = `${cluster.folder}/proxy-${own}.kubeconfig`
  const text = await readFile(cluster.kubeconfig, 'utf8')
  await writeFile(kubeconfig, text.replace(/server: .*/, `server: https://127.0.0.1:${own}`))
  return {
    kubeconfig,
    cut,
    close,
    open: () => listen(own),
    swallow(silent) {
      isSilent = silent
      for (const socket of [...pairs].flat()) {
        if (silent) socket.pause()
        else socket.resume()
      }
    },
    [Symbol.asyncDispose]: async () => (server.listening ? close() : undefined),
  }
}
