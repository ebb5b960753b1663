import { DatabaseError } from '../database/DatabaseError.ts'
import type { EpochRecord } from '../diskRecords.ts'
import type { DiskError, FileName } from '../Host.ts'
import { Thread } from '../Thread.ts'
import { type Epoch, epochOf } from '../zxid.ts'
import { ACCEPTED_EPOCH_FILE, CURRENT_EPOCH_FILE, type QuorumPeer } from './QuorumPeer.ts'

/**
 * The main thread while a server starts: database, then epochs. Java: QuorumPeer.loadDataBase
 *
 * Two things are stricter than there, see docs/departures.md. What was read is forced before anything is built on it: a
 * log tail that a killed process left in the page cache would otherwise be voted with, and counted as durable, while a
 * power cut can still take it. And a peer that crashed between writing the history of an epoch and claiming the epoch
 * starts (the real one refuses): it has accepted that epoch, and what it holds of it is a prefix.
 */
export class Boot extends Thread<never> {
  private readonly peer: QuorumPeer
  private phase: 'forceLoaded' | 'writeCurrentEpoch' | 'writeAcceptedEpoch' = 'forceLoaded'
  private currentEpoch: Epoch | null = null
  private acceptedEpoch: Epoch | null = null

  constructor(peer: QuorumPeer) {
    super(peer.dispatcher, 'main')
    this.peer = peer
  }

  begin(): void {
    const unfit = this.peer.readConfig()
    if (unfit !== null) return this.refuse(unfit)
    this.peer.zkDb.initConfigInZKDatabase(this.peer.verifier)
    try {
      this.peer.zkDb.loadDataBase()
    } catch (error) {
      if (error instanceof DatabaseError) return this.refuse(error.message)
      throw error
    }
    this.currentEpoch = this.readEpoch(CURRENT_EPOCH_FILE)
    this.acceptedEpoch = this.readEpoch(ACCEPTED_EPOCH_FILE)
    this.forceLoaded()
  }

  protected forceLoaded(): void {
    this.phase = 'forceLoaded'
    const ticket = this.peer.zkDb.forceLoaded()
    if (ticket === null) this.settleCurrentEpoch()
    else this.park(ticket)
  }

  protected override take(_item: never): void {}

  protected override unparked(): void {
    switch (this.phase) {
      case 'forceLoaded':
        return this.forceLoaded()
      case 'writeCurrentEpoch':
        return this.settleAcceptedEpoch()
      case 'writeAcceptedEpoch':
        return this.finish()
    }
  }

  protected override diskFailed(error: DiskError): void {
    this.peer.diskFailed(error, `${this.phase} at the start`)
  }

  private readEpoch(file: FileName): Epoch | null {
    const image = this.peer.host.read(file)
    if (image === undefined) return null
    if (image.damage !== null) return this.refuse(`the file ${file} is damaged`)
    if (image.records.length === 0) return null
    return (image.records.at(0) as EpochRecord).epoch
  }

  private get epochOfData(): Epoch {
    return Math.max(0, epochOf(this.peer.zkDb.lastProcessedZxid))
  }

  private settleCurrentEpoch(): void {
    this.phase = 'writeCurrentEpoch'
    const data = this.epochOfData
    if (this.currentEpoch === null) {
      this.currentEpoch = data
      return this.park(this.peer.writeCurrentEpoch(data))
    }
    if (data > this.currentEpoch) {
      if (!this.mayClaim(data)) {
        return this.refuse(
          `currentEpoch ${this.currentEpoch} is older than the last transaction's epoch ${data}`,
        )
      }
      this.currentEpoch = data
      return this.park(this.peer.writeCurrentEpoch(data))
    }
    this.settleAcceptedEpoch()
  }

  /** Whether the crash was between the history of an epoch and the claim to it. */
  protected mayClaim(epoch: Epoch): boolean {
    return this.acceptedEpoch !== null && this.acceptedEpoch >= epoch
  }

  private settleAcceptedEpoch(): void {
    this.phase = 'writeAcceptedEpoch'
    const currentEpoch = this.currentEpoch ?? 0
    if (this.acceptedEpoch === null) {
      this.acceptedEpoch = this.epochOfData
      return this.park(this.peer.writeAcceptedEpoch(this.acceptedEpoch))
    }
    if (this.acceptedEpoch < currentEpoch) {
      return this.refuse(`acceptedEpoch ${this.acceptedEpoch} is less than currentEpoch ${currentEpoch}`)
    }
    this.finish()
  }

  private finish(): void {
    const { peer } = this
    peer.currentEpoch = this.currentEpoch ?? 0
    peer.acceptedEpoch = this.acceptedEpoch ?? 0
    this.host.tell(
      Object.freeze({
        type: 'recovered',
        peer: peer.myid,
        snapshotZxid: peer.zkDb.snapshotZxid,
        lastProcessedZxid: peer.zkDb.lastProcessedZxid,
        acceptedEpoch: peer.acceptedEpoch,
        currentEpoch: peer.currentEpoch,
        logged: peer.zkDb.loggedTxns(),
        tree: peer.zkDb.tree,
      }),
    )
    this.host.tell(Object.freeze({ type: 'forced', peer: peer.myid, zxid: peer.zkDb.lastProcessedZxid }))
    this.stop()
    peer.booted()
  }

  private refuse(reason: string): never {
    this.host.tell(Object.freeze({ type: 'refusedToStart', peer: this.peer.myid, reason }))
    return this.peer.exit(1, reason)
  }
}
