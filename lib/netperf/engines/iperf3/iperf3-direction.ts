import type { FlowReading } from '../../reading.ts'
import type { TestCase } from '../../test-case.ts'

/** Whether a stream belongs to a direction. iperf3 before 3.7 does not say who sends; with one direction it is known. */
export function isOf(
  direction: FlowReading['direction'],
  isClientSender: boolean | undefined,
  test: Pick<TestCase, 'direction'>,
): boolean {
  if (isClientSender === undefined) return direction === test.direction
  return isClientSender === (direction === 'forward')
}
