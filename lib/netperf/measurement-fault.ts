/** Why a measurement between a pair gave no figure. */
export type FaultCode =
  | 'ConnectionRefused'
  | 'ConnectionTimedOut'
  | 'NoRoute'
  | 'NameNotResolved'
  | 'ServerBusy'
  | 'ConnectionLost'
  | 'ShortMeasurement'
  | 'NothingReceived'
  | 'TooMuchLoss'
  | 'ToolMissing'
  | 'ToolFailed'
  | 'UnknownOutput'
  | 'ExecFailed'
  | 'PodGone'
  | 'NodeNotReady'
  | 'TimedOut'

/**
 * One sample of one pair failed. It becomes "no data" with this reason, never a zero; the run goes on with the others.
 * The message is one line: what happened, in the tool's own words where it has some.
 */
export class MeasurementFault extends Error {
  readonly code: FaultCode

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MeasurementFault'
    this.code = code
  }
}
