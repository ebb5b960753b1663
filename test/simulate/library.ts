/** What is bundled to run programs in other surroundings. */
export { runAll } from './programs.ts'
