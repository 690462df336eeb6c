import { connect, createServer } from 'node:net'
import { clusterAddresses } from './addresses.ts'
import { readState } from './cluster-folder.ts'

/**
 * The one address in front of a cluster's two API servers: hands out connections in turn, and passes over a server that
 * takes none. It knows nothing of what goes through it. Usage: api-balancer.ts CLUSTER
 */
const [name = ''] = process.argv.slice(2)
const { ports } = clusterAddresses((await readState(name)).slot)
const backends = [ports.apiServer, ports.secondApiServer]
let turn = 0

createServer({ allowHalfOpen: true }, (client) => {
  client.on('error', () => client.destroy())
  const first = turn
  turn = (turn + 1) % backends.length
  const tryFrom = (attempt: number): void => {
    const port = backends[(first + attempt) % backends.length]
    if (port === undefined || attempt === backends.length) {
      client.destroy()
      return
    }
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const onRefused = () => tryFrom(attempt + 1)
    server.once('error', onRefused)
    server.once('connect', () => {
      server.off('error', onRefused)
      server.on('error', () => client.destroy())
      // Whichever end goes, the other must not wait for it.
      server.on('close', () => client.destroy())
      client.on('close', () => server.destroy())
      if (client.destroyed) server.destroy()
      else client.pipe(server).pipe(client)
    })
  }
  tryFrom(0)
}).listen(ports.apiBalancer, '127.0.0.1')
