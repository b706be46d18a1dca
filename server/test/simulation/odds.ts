/**
 * How likely some things are, in a simulated world. Under the `sluggish` ones requests spend long on their way and processes freeze often and
 * for long, so that leases, deadlines and doubts end while something is still under way.
 */
export const ODDS = {
  usual: { arrives: 6, killed: 0.25, freezes: 0.25, goesOn: 0.6 },
  sluggish: { arrives: 0.3, killed: 0.05, freezes: 0.5, goesOn: 0.2 },
} as const;
export type Odds = keyof typeof ODDS;
