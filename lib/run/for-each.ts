import { createPacer, unlimited } from './pacer.ts'

/** Does the work for each item, so many at once. Rejects with the first failure, after what was under way. */
export async function forEach<T>(
  items: Iterable<T>,
  concurrency: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const pacer = createPacer(unlimited(concurrency), signal, Math.random)
  try {
    for (const item of items) await pacer.start(() => work(item))
  } finally {
    await pacer.drain()
  }
}
