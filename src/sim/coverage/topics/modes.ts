import { sometimes, topic } from '../property.ts'

export const modes = topic(
  'modes',
  sometimes('a server alone', {
    says: 'A server served without any other.',
    on: { established: ({ by }, _scene, { elected }) => by.length === 1 && elected === null },
  }),
  sometimes('an ensemble of one', {
    says: 'The only voter of an ensemble elected itself.',
    on: {
      established: ({ by }, _scene, { elected, voters }) =>
        by.length === 1 && voters === 1 && elected !== null,
    },
  }),
  sometimes('an ensemble of two', {
    says: 'A leader was established of two voters, who need each other.',
    on: { established: (_established, _scene, { voters }) => voters === 2 },
  }),
  sometimes('an ensemble of three', {
    says: 'A leader was established of three voters.',
    on: { established: (_established, _scene, { voters }) => voters === 3 },
  }),
  sometimes('an even ensemble', {
    says: 'A leader was established of four voters or six.',
    on: { established: (_established, _scene, { voters }) => voters === 4 || voters === 6 },
  }),
  sometimes('an ensemble of five or more', {
    says: 'A leader was established of five voters or seven.',
    on: { established: (_established, _scene, { voters }) => voters === 5 || voters === 7 },
  }),
  sometimes('groups or weights', {
    says: 'A leader was established by a hierarchy of voters.',
    on: { established: (_established, _scene, { config }) => config !== null && config.hierarchy !== null },
  }),
  sometimes('reads without a leader', {
    says: 'A server without a leader began to serve reads.',
    needs: ['faults'],
    on: { readOnlyStarted: () => true },
  }),
)
