/** When the figures were collected. */
export const INSTANCE_TABLE_DATE = '2026-11-21'

interface InstanceSizes {
  readonly enis: number
  readonly ipv4: number
  /** Families that have these sizes, separated by spaces, and the sizes. */
  readonly types: readonly (readonly [families: string, sizes: string])[]
}

/**
 * Network interfaces of the default network card, and IPv4 addresses of each, by EC2 instance type. Figures of AWS
 * (ec2 describe-instance-types), as amazon-eks-ami (nodeadm) and Cilium 1.17 publish them. Types with more than one
 * network card whose share of the default card was not known are left out.
 */
export const INSTANCE_SIZES: readonly InstanceSizes[] = [
  {
    enis: 2,
    ipv4: 2,
    types: [
      ['t1', 'micro'],
      ['t2 t3 t3a t4g', 'nano micro'],
    ],
  },
  {
    enis: 2,
    ipv4: 4,
    types: [
      [
        'a1 c6g c6gd c6gn c7a c7g c7gd c7gn c8a c8g c8gb c8gd c8gn is4gen m6g m6gd m7a m7g m7gd m8a m8g m8gd r6g r6gd r7a r7g r7gd r8a r8g r8gb r8gd r8gn x2gd x8g',
        'medium',
      ],
      ['g4ad', 'xlarge 2xlarge'],
      ['m1 t3a', 'small'],
    ],
  },
  { enis: 2, ipv4: 6, types: [['c1 m1 m3', 'medium']] },
  { enis: 2, ipv4: 10, types: [['g6f m4', 'large']] },
  { enis: 3, ipv4: 4, types: [['t2 t3 t4g', 'small']] },
  { enis: 3, ipv4: 6, types: [['t2 t3 t3a t4g', 'medium']] },
  {
    enis: 3,
    ipv4: 10,
    types: [
      [
        'a1 c3 c4 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8g c8gb c8gd c8gn i3 i3en i4g i4i im4gn is4gen m1 m3 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8g m8gd r3 r4 r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz r8g r8gb r8gd r8gn x2gd x8g z1d',
        'large',
      ],
      ['g4ad', '4xlarge'],
      ['g4dn', 'xlarge 2xlarge 4xlarge'],
      ['x1e', 'xlarge'],
    ],
  },
  { enis: 3, ipv4: 12, types: [['t2 t3 t3a t4g', 'large']] },
  { enis: 3, ipv4: 15, types: [['t2', 'xlarge 2xlarge']] },
  {
    enis: 3,
    ipv4: 20,
    types: [
      ['c8a c8i c8i-flex c8id m8a m8i m8i-flex r8a r8i r8i-flex', 'large'],
      ['d3', '8xlarge'],
    ],
  },
  { enis: 3, ipv4: 30, types: [['d3en', '12xlarge']] },
  { enis: 4, ipv4: 3, types: [['d3 d3en', 'xlarge']] },
  { enis: 4, ipv4: 5, types: [['d3 d3en', '2xlarge']] },
  {
    enis: 4,
    ipv4: 10,
    types: [
      ['d3 d3en', '4xlarge'],
      ['inf1', 'xlarge 2xlarge'],
    ],
  },
  {
    enis: 4,
    ipv4: 15,
    types: [
      [
        'a1 c3 c4 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8g c8gb c8gd c8gn d2 g5 g5g g6 g6e g6f i2 i3 i4g i4i im4gn is4gen m4 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8g m8gd r3 r4 r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz r8g r8gb r8gd r8gn t3 t3a t4g x2gd x2iedn x8g z1d',
        'xlarge 2xlarge',
      ],
      ['c1 g3s inf2 m1 m2 m3 p2', 'xlarge'],
      ['d3en', '6xlarge'],
      ['f1 g2 h1 p3 trn1 x2iezn', '2xlarge'],
      ['g4ad', '8xlarge'],
      ['g4dn', '8xlarge 16xlarge'],
      ['i3en', 'xlarge 2xlarge 3xlarge'],
      ['vt1', '3xlarge'],
      ['x1e', '2xlarge 4xlarge 8xlarge'],
    ],
  },
  {
    enis: 4,
    ipv4: 20,
    types: [
      ['c8a m8a r8a', 'xlarge'],
      ['c8ib c8in c8ine', 'large'],
      ['d3en', '8xlarge'],
    ],
  },
  {
    enis: 4,
    ipv4: 30,
    types: [
      ['c8i c8i-flex c8ib c8id c8in c8ine m8i m8i-flex r8i r8i-flex', 'xlarge 2xlarge'],
      ['m2 m3', '2xlarge'],
    ],
  },
  { enis: 4, ipv4: 40, types: [['c8a m8a r8a', '2xlarge']] },
  { enis: 4, ipv4: 50, types: [['hpc7g', '4xlarge 8xlarge 16xlarge']] },
  { enis: 4, ipv4: 64, types: [['g7e', '2xlarge']] },
  { enis: 7, ipv4: 50, types: [['g5', '48xlarge']] },
  {
    enis: 8,
    ipv4: 30,
    types: [
      ['a1', '4xlarge metal'],
      ['c3 c4 d2 g3 g5g g6e gr6 h1 i2 i3 i4g im4gn is4gen m7i-flex r3 r4 x2iedn', '4xlarge 8xlarge'],
      ['c5 c5d', '4xlarge 9xlarge 12xlarge'],
      [
        'c5a c5ad c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8g c8gd g6 i4i m5 m5a m5ad m5d m5dn m5n m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m8g m8gd r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz r8g r8gd x2gd x8g',
        '4xlarge 8xlarge 12xlarge',
      ],
      ['c5n', '4xlarge 9xlarge'],
      ['c8gb c8gn f1 g6f gr6f m2 r8gb r8gn', '4xlarge'],
      ['cc2 g2 inf2', '8xlarge'],
      ['f2 i3en', '6xlarge 12xlarge'],
      ['g4ad', '16xlarge'],
      ['g4dn', '12xlarge'],
      ['g5', '4xlarge 8xlarge 16xlarge'],
      ['inf1 vt1', '6xlarge'],
      ['m4', '4xlarge 10xlarge 16xlarge'],
      ['m5zn z1d', '3xlarge 6xlarge'],
      ['mac1 mac2 mac2-m2', 'metal'],
      ['p2 p3', '8xlarge 16xlarge'],
      ['u-3tb1', '56xlarge'],
      ['x1 x1e', '16xlarge 32xlarge'],
      ['x2iezn', '4xlarge 6xlarge 8xlarge'],
    ],
  },
  { enis: 8, ipv4: 40, types: [['c8a m8a r8a', '4xlarge']] },
  {
    enis: 8,
    ipv4: 50,
    types: [
      ['c6in m6idn m6in r6idn r6in', '32xlarge metal'],
      ['c8i c8i-flex c8id m8i m8i-flex r8i r8i-flex', '4xlarge'],
      ['c8ib c8in c8ine', '4xlarge 8xlarge'],
      ['f1', '16xlarge'],
    ],
  },
  { enis: 8, ipv4: 64, types: [['g7e', '4xlarge 8xlarge']] },
  {
    enis: 10,
    ipv4: 30,
    types: [
      ['c8gb c8gn r8gb r8gn', '8xlarge'],
      ['g6e', '12xlarge'],
    ],
  },
  { enis: 10, ipv4: 40, types: [['c8a m8a r8a', '8xlarge']] },
  {
    enis: 10,
    ipv4: 50,
    types: [
      ['c8i c8i-flex c8id m8i m8i-flex r8i r8i-flex', '8xlarge'],
      ['g6e', '24xlarge 48xlarge'],
    ],
  },
  { enis: 10, ipv4: 64, types: [['g7e', '12xlarge 24xlarge 48xlarge']] },
  { enis: 11, ipv4: 30, types: [['inf1', '24xlarge']] },
  { enis: 12, ipv4: 30, types: [['c8gb c8gn r8gb r8gn', '12xlarge']] },
  {
    enis: 12,
    ipv4: 50,
    types: [
      ['c8gb c8gn r8gb r8gn', '48xlarge metal-48xl'],
      ['c8i c8i-flex c8ib c8id c8in c8ine m8i m8i-flex r8i r8i-flex', '12xlarge'],
    ],
  },
  {
    enis: 12,
    ipv4: 64,
    types: [
      ['c8a m8a r8a', '12xlarge'],
      ['c8ib c8in', '96xlarge metal-96xl'],
    ],
  },
  { enis: 15, ipv4: 30, types: [['i4i', '24xlarge']] },
  {
    enis: 15,
    ipv4: 50,
    types: [
      ['c5 c5d', '18xlarge 24xlarge metal'],
      ['c5a c5ad c6in m5a m5ad m6idn m6in r5a r5ad r6idn r6in', '16xlarge 24xlarge'],
      ['c5n', '18xlarge metal'],
      ['c6a m6a r6a', '16xlarge 24xlarge 32xlarge 48xlarge metal'],
      ['c6g c6gd c7g c7gd c7gn g5g i3 m6g m6gd m7g r6g r6gd r7g x2gd', '16xlarge metal'],
      ['c6gn c7i-flex g3 g6e h1 i4g im4gn m7gd r4 r7gd', '16xlarge'],
      ['c6i c6id m6i m6id r6i r6id x2idn x2iedn', '16xlarge 24xlarge 32xlarge metal'],
      ['c7a m7a r7a', '16xlarge 24xlarge 32xlarge 48xlarge metal-48xl'],
      ['c7i c8g c8gd m7i m8g m8gd r7i r8g r8gd x8g', '16xlarge 24xlarge 48xlarge metal-24xl metal-48xl'],
      ['dl1 dl2q p3dn vt1', '24xlarge'],
      ['f2', '48xlarge'],
      ['g4dn', 'metal'],
      ['g5', '12xlarge 24xlarge'],
      ['g6', '16xlarge 24xlarge 48xlarge'],
      ['i3en', '24xlarge metal'],
      ['i4i', '16xlarge 32xlarge metal'],
      ['inf2', '24xlarge 48xlarge'],
      ['m5 m5d m5dn m5n r5 r5b r5d r5dn r5n', '16xlarge 24xlarge metal'],
      ['m5zn x2iezn z1d', '12xlarge metal'],
      ['r7iz', '16xlarge 32xlarge metal-16xl metal-32xl'],
      ['u-12tb1 u-18tb1 u-24tb1 u-9tb1', '112xlarge'],
      ['u-6tb1', '56xlarge 112xlarge'],
    ],
  },
  { enis: 16, ipv4: 50, types: [['c8gb c8gn r8gb r8gn', '16xlarge']] },
  {
    enis: 16,
    ipv4: 64,
    types: [
      ['c8a m8a r8a', '16xlarge 24xlarge metal-24xl'],
      ['c8i c8id m8i r8i', '16xlarge 24xlarge'],
      ['c8i-flex m8i-flex r8i-flex', '16xlarge'],
      ['c8ib c8in', '16xlarge 24xlarge 32xlarge'],
    ],
  },
  { enis: 24, ipv4: 50, types: [['c8gb c8gn r8gb r8gn', '24xlarge metal-24xl']] },
  {
    enis: 24,
    ipv4: 64,
    types: [
      ['c8a c8ib c8in m8a r8a', '48xlarge metal-48xl'],
      ['c8i c8id m8i r8i', '32xlarge 48xlarge 96xlarge metal-48xl metal-96xl'],
    ],
  },
]

/** Families on the Xen hypervisor: their interfaces take no prefixes; their bare-metal sizes do. */
export const XEN_FAMILIES: ReadonlySet<string> = new Set([
  'c1',
  'c3',
  'c4',
  'cc2',
  'd2',
  'f1',
  'g2',
  'g3',
  'g3s',
  'h1',
  'i2',
  'i3',
  'm1',
  'm2',
  'm3',
  'm4',
  'p2',
  'p3',
  'r3',
  'r4',
  't1',
  't2',
  'x1',
  'x1e',
])
