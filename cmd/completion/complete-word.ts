/** Asks what may follow the words behind it, of which the last is being typed. */
export const COMPLETE = '__complete'
