/**
 * The quantile of Student's t distribution: the t that a value stays below with probability p.
 * @param p 0 < p < 1
 * @param degreesOfFreedom a whole number from 1
 * @throws RangeError outside of these
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`probability ${p} is not in (0, 1)`)
  if (!Number.isInteger(degreesOfFreedom) || degreesOfFreedom < 1) {
    throw new RangeError(`${degreesOfFreedom} degrees of freedom are not a whole number from 1`)
  }
  if (p < 0.5) return -studentTQuantile(1 - p, degreesOfFreedom)
  const central = 2 * p - 1
  // Of the angle and not of t: it is bounded, and the probability is smooth in it.
  let low = 0
  let high = Math.PI / 2
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (centralProbability(middle, degreesOfFreedom) < central) low = middle
    else high = middle
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan((low + high) / 2)
}

/**
 * P(|T| < t) with t = √ν·tan θ, a finite sum for whole ν (Abramowitz & Stegun 1964, 26.7.3 for odd and 26.7.4 for even ν).
 */
function centralProbability(theta: number, degreesOfFreedom: number): number {
  const cosineSquared = Math.cos(theta) ** 2
  const isOdd = degreesOfFreedom % 2 === 1
  let term = isOdd ? Math.cos(theta) : 1
  let sum = degreesOfFreedom === 1 ? 0 : term
  for (let next = isOdd ? 3 : 2; next < degreesOfFreedom; next += 2) {
    term *= (cosineSquared * (next - 1)) / next
    sum += term
  }
  return isOdd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum
}
