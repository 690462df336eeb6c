import { TemplateFault } from '../template-fault.ts'
import { type FunctionTable, fixed } from '../template-function.ts'
import { isNil, list } from '../value.ts'

/** What kube-burner adds to sprig (its pkg/util/template.go), ReadFile aside. */
export const kubeBurnerFunctions: FunctionTable = {
  Binomial: fixed(['int', 'int'], ([n, k]) => BigInt.asIntN(64, binomial(n, k))),
  IndexToCombination: fixed(['any', 'int', 'int', 'int'], ([into, index, n, k]) => {
    if (!isNil(into)) throw new TemplateFault('IndexToCombination needs nil as its first argument')
    if (index < 0n || index >= binomial(n, k)) throw new TemplateFault(`combination index ${index} is out of range`)
    return list(combination(index, n, k), 'int')
  }),
  GetSubnet24: fixed(['int'], ([index]) => {
    const byte = (value: bigint) => BigInt.asUintN(8, value)
    return `${byte((index >> 16n) + 1n)}.${byte(index >> 8n)}.${byte(index)}.0/24`
  }),
  GetIPAddress: fixed(['string', 'int', 'int'], ([addresses, iteration, count]) => {
    const all = addresses.split(' ')
    const start = Number(iteration * count)
    const end = start + Math.max(Number(count), 0)
    if (start < 0 || end > all.length) {
      throw new TemplateFault(
        `${all.length} addresses are too few for ${count} in each of ${iteration + 1n} iterations`,
      )
    }
    return all.slice(start, end).join(' ')
  }),
}

function binomial(n: bigint, k: bigint): bigint {
  if (n < 0n || k < 0n) throw new TemplateFault('a binomial coefficient needs numbers from 0 on')
  if (n < k) throw new TemplateFault(`a set of ${n} has no ${k} elements`)
  const fewer = k < n - k ? k : n - k
  if (fewer > 10_000n) throw new TemplateFault('the binomial coefficient is too large')
  let result = 1n
  for (let step = 1n; step <= fewer; step += 1n) result = (result * (n - fewer + step)) / step
  return result
}

// The index-th combination in lexicographic order.
function combination(index: bigint, n: bigint, k: bigint): bigint[] {
  const chosen: bigint[] = []
  let left = index
  for (let element = 0n; BigInt(chosen.length) < k; element += 1n) {
    const withElement = binomial(n - element - 1n, k - BigInt(chosen.length) - 1n)
    if (left < withElement) chosen.push(element)
    else left -= withElement
  }
  return chosen
}
