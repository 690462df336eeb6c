import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from '../../cluster/api-client.ts'

/** 20 requests a second at a server until it is stopped: four kinds in turn, each at its time. */
export function startSteadyLoad(client: ApiClient | undefined): { stop: () => Promise<void> } {
  const path = '/api/v1/namespaces/default/configmaps'
  const stop = new AbortController()
  const pending = new Set<Promise<unknown>>()
  const run = async () => {
    const startMs = performance.now()
    for (let index = 0; !stop.signal.aborted; index += 1) {
      const name = `steady-${index >> 2}`
      const request = [
        () => client?.request('POST', path, { metadata: { name } }),
        () => client?.request('GET', `${path}/${name}`),
        () => client?.request('GET', `${path}?limit=20`),
        () => client?.request('DELETE', `${path}/${name}`),
      ][index % 4]
      const sent = Promise.resolve(request?.()).finally(() => pending.delete(sent))
      pending.add(sent)
      await sleep(Math.max(0, startMs + (index + 1) * 50 - performance.now()))
    }
    await Promise.all(pending)
  }
  const ended = run()
  return {
    async stop() {
      stop.abort()
      await ended
    },
  }
}
