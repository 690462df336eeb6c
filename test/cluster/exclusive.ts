import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `action` while no other process of this machine runs one of the same name. The lock is a listening socket in Linux's
 * abstract namespace: the kernel lets only one process have it, and frees it when that process dies, however it dies.
 */
export async function exclusively<T>(name: string, action: () => Promise<T>, onWait?: () => void): Promise<T> {
  const server = await acquire(socketAddress(name), onWait)
  try {
    return await action()
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

/** An address has room for 107 bytes only, which a name with a path in it may exceed. */
function socketAddress(name: string): string {
  return `\0kubectl-perf/${createHash('sha256').update(name).digest('hex')}`
}

async function acquire(address: string, onWait?: () => void): Promise<Server> {
  for (;;) {
    const server = await listen(address)
    if (server !== undefined) return server
    onWait?.()
    await sleep(100)
  }
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(address, () => resolve(server))
  })
}
