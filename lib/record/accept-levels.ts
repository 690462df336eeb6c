/** How much an item of an acceptance checklist counts. Apart from its schema, since the options of a command say it too. */
export const LEVELS = ['required', 'recommended', 'optional'] as const

export type Level = (typeof LEVELS)[number]
