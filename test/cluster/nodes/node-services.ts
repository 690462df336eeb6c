import { createServer as createHttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import { registry } from './registry.ts'

/**
 * What the real nodes reach of this machine, on its end of their link: the API server, which itself listens on 127.0.0.1 only,
 * and the registry. Usage: node-services.ts HOST_ADDRESS API_SERVER_PORT FORWARD_PORT REGISTRY_PORT IMAGE_STORE…
 */
const [address = '', apiServerPort = '', forwardPort = '', registryPort = '', ...stores] = process.argv.slice(2)

createServer({ noDelay: true }, (downstream) => {
  const upstream = connect({ host: '127.0.0.1', port: Number(apiServerPort), noDelay: true })
  // Either end may break at any time: the API server is restarted, a node is killed. Then the other one is closed too.
  downstream.once('error', () => upstream.destroy())
  upstream.once('error', () => downstream.destroy())
  downstream.once('close', () => upstream.destroy())
  upstream.once('close', () => downstream.destroy())
  downstream.pipe(upstream)
  upstream.pipe(downstream)
}).listen(Number(forwardPort), address)

createHttpServer(registry(stores, (line) => process.stdout.write(`${line}\n`))).listen(Number(registryPort), address)
