import { MeasurementFault } from '../measurement-fault.ts'

/** Less than this share of the time asked for is another measurement: something broke it off. */
const leastShare = 0.9

/** Throws unless (nearly) the whole time was measured, and something arrived in it. */
export function checkInterval(tool: string, seconds: number, askedSeconds: number, received: number): void {
  if (!(seconds >= leastShare * askedSeconds)) {
    throw new MeasurementFault(
      'ShortMeasurement',
      `${tool} measured ${seconds.toFixed(2)} of ${askedSeconds.toFixed(2)} seconds`,
    )
  }
  if (!(received > 0)) {
    throw new MeasurementFault(
      'NothingReceived',
      `${tool} connected, but nothing arrived in ${seconds.toFixed(1)} seconds`,
    )
  }
}
