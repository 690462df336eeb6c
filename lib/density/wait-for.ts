/** How far a pod must come before the load goes on. */
export type WaitFor = 'ready' | 'scheduled' | 'none'
