import { understudy } from './Understudy.ts'

export const zookeeper4537 = understudy({
  issue: 'ZOOKEEPER-4537',
  since: '3.6.0',
  mendedIn: ['3.8.1', '3.9.0'],
  story:
    'The thread of CommitProcessor looked whether there was anything to do, and fell asleep a little later: what came ' +
    'between the two did not wake it, and waited for whatever came next.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      CommitProcessor: class extends cast.CommitProcessor {
        private isAboutToSleep = false

        protected override signalled(): void {
          if (this.isAboutToSleep) {
            this.isAboutToSleep = false
            return
          }
          super.signalled()
          if (this.stopped || this.backlog > 0) return
          this.isAboutToSleep = true
          this.signal()
        }
      },
    }),
})
