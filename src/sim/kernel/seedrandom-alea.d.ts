// @types/seedrandom describes the whole package; we import one algorithm, which leaves Node's crypto out of browsers.
declare module 'seedrandom/lib/alea.js' {
  interface AleaState {
    readonly s0: number
    readonly s1: number
    readonly s2: number
    readonly c: number
  }
  interface Alea {
    (): number
    state(): AleaState
  }
  export default function alea(seed: string, options: { readonly state: true }): Alea
}
