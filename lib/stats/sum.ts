/** All values together; 0 where there is none, so only for what may be absent and is then nothing. */
export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
