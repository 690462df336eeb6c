import { inGroup } from '../../option-table.ts'
import { imageOptions, runOptions } from '../../shared-options.ts'

/** Each process of a client has 900, and all of them are started through the API server. */
const MOST_CONNECTIONS = 50_000
/** A shell opens them one after the other, each with its answer. */
const MOST_PER_SECOND = 2000

const { keep, yes } = runOptions('5m')

/** Of `cilium maps --load`. */
export const loadOptions = inGroup('Load options', {
  load: {
    kind: 'integer',
    min: 1,
    max: MOST_CONNECTIONS,
    valueName: 'CONNECTIONS',
    description:
      'Make this many connections between pods of the run, through a Service, and read the maps again and again while they last: how they grow, and what is full first. All is removed afterwards',
  },
  'load-rate': {
    kind: 'integer',
    default: 100,
    min: 1,
    max: MOST_PER_SECOND,
    valueName: 'N',
    description: 'New connections of --load in a second',
  },
  'load-duration': {
    kind: 'duration',
    default: '1m',
    min: 5000,
    max: 3_600_000,
    valueName: 'DURATION',
    description: 'How long the load lasts, the opening of all connections included',
    check: (value) => (value % 1000 === 0 ? undefined : 'must be whole seconds'),
  },
  'load-protocol': {
    kind: 'choice',
    choices: ['tcp', 'udp'],
    default: 'tcp',
    valueName: 'NAME',
    description: 'What the connections of --load are; of udp each socket is one',
  },
  'load-kind': {
    kind: 'choice',
    choices: ['held', 'short'],
    default: 'held',
    valueName: 'KIND',
    description: 'Keep the connections of --load open until it ends (held), or close each once it is answered (short)',
  },
  keep,
  yes,
  ...imageOptions,
})
