import { ApiError } from '../../../lib/kube/api-error.ts'
import type { KubeClient, KubeRequest } from '../../../lib/kube/client.ts'

/** What a path is answered with: text, a JSON object, or an error to throw. */
export type Answer = string | object | Error

export function refusal(code: number, serverMessage = ''): ApiError {
  return new ApiError(`Error from server: ${serverMessage}`, { code, reason: '', serverMessage })
}

/**
 * A client without a cluster: `answer` is asked for each request, and its promise is given up when the signal aborts.
 * Paths have their query with them.
 */
export function answeringClient(answer: (path: string) => Answer | Promise<Answer>): KubeClient & { paths: string[] } {
  const paths: string[] = []
  const ask = async ({ path, signal }: Pick<KubeRequest, 'path' | 'signal'>): Promise<string | object> => {
    signal?.throwIfAborted()
    paths.push(path)
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
    const given = await Promise.race([answer(path), aborted])
    if (given instanceof Error) throw given
    return given
  }
  const client: Pick<KubeClient, 'request' | 'list'> = {
    async request(request) {
      const given = await ask(request)
      const text = typeof given === 'string' ? given : JSON.stringify(given)
      return {
        code: 200,
        headers: {},
        body: Buffer.from(text),
        sentMs: 0,
        receivedMs: 0,
        attempts: 1,
        text: () => text,
        json: () => JSON.parse(text) as unknown,
      }
    },
    // What the items are is for the test to say.
    list: async (path, options) => (await ask({ path, signal: options?.signal })) as never,
  }
  return { ...client, paths } as KubeClient & { paths: string[] }
}
