import { defineCommand } from '../command.ts'
import { imagesOptions } from './options.ts'

export const imagesCommand = defineCommand({
  path: ['images'],
  group: 'Other',
  summary: 'List the container images that the commands use',
  description:
    'For sites without access to the internet: what to copy into a registry of their own, and under which names --image-registry looks for it there.',
  options: imagesOptions,
  examples: [
    { comment: 'What to copy, one image a line', command: 'kubectl perf images -o name' },
    {
      comment: 'The names it must have in a registry of your own',
      command: 'kubectl perf images -o name --image-registry registry.example.com/mirror',
    },
  ],
  run: async (options, context) => (await import('./print-images.ts')).printImages(options, context),
})
