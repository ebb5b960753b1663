/** A client's program that asks for what it is given, some at a time. */
export class Errands {
  constructor(outstanding) {
    this.outstanding = outstanding
    this.given = []
    this.next = 0
    this.completed = 0
    this.failed = 0
  }

  /** All that was given is answered. */
  get done() {
    return this.completed === this.given.length
  }

  /** Runs the world until all of these are answered. @throws where one is refused. */
  run(world, client, operations) {
    this.given = operations
    this.next = 0
    this.completed = 0
    this.fill(client)
    while (!this.done && world.step());
    if (!this.done || this.failed > 0)
      throw new Error(`${this.failed} of the bench's operations were refused`)
  }

  onConnected(client) {
    this.fill(client)
  }

  onCompleted(client, _id, _op, err) {
    this.completed += 1
    if (err !== 0) this.failed += 1
    this.fill(client)
  }

  onExpired() {
    throw new Error('a session of the bench has expired')
  }

  fill(client) {
    if (!client.isConnected) return
    while (this.next < this.given.length && this.next - this.completed < this.outstanding) {
      this.next += 1
      client.submit(this.given[this.next - 1])
    }
  }
}

/** A client with errands to run, connected. */
export function errandClient(ensemble, name, { servers = ensemble.sids, outstanding = 10, timeout } = {}) {
  const errands = new Errands(outstanding)
  ensemble.addClient(name, servers, { create: () => errands }, timeout)
  const client = ensemble.client(name)
  while (!client.isConnected && ensemble.world.step());
  return { client, run: (operations) => errands.run(ensemble.world, client, operations) }
}
