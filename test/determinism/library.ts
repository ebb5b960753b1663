/** The whole public library and the runs that prove it deterministic, to be bundled for other surroundings. */
export * from '../../src/index.ts'
export * as turmoil from './turmoil.ts'
