/**
 * The connections over which elections are held: one for each pair of servers, kept by the larger id.
 *
 * Java: server/quorum/QuorumCnxManager. A SendWorker and a RecvWorker share a socket there; here both are one Channel,
 * the attachment of its connection. There a worker waits for its queue, here the queue is emptied whenever something is
 * put into it or room is made. Connecting blocks a thread of its own there; here a dial is in progress until it is
 * answered or its timer fires. The listener there reads one INITIALMESSAGE after another, so that a silent newcomer
 * holds up the rest; here each has its own timer.
 *
 * A connection that breaks is not mended: the next `toSend`, a `connectAll` or a nudge by the other side makes a new one.
 */
import type { ConnectionOwner } from '../ConnectionOwner.ts'
import type { TimerOwner } from '../Dispatcher.ts'
import type { Connection, HostName, TimerName } from '../Host.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { Packet, PacketOf } from '../packets.ts'
import type { QuorumPeer } from '../quorum/QuorumPeer.ts'
import type { Sid } from '../zxid.ts'

export type NotificationPacket = PacketOf<'NOTIFICATION'>

/** Where received notifications go. Java: QuorumCnxManager.recvQueue, which WorkerReceiver polls. */
export interface Recipient {
  addToRecvQueue(sid: Sid, packet: NotificationPacket): void
}

export class QuorumCnxManager {
  protected readonly peer: QuorumPeer
  protected readonly recipient: Recipient
  /** The connection in use with each server. */
  protected readonly senderWorkerMap = new Map<Sid, Channel>()
  /** The one message that waits for each server; null when it has been sent. Java: queues of capacity SEND_CAPACITY */
  protected readonly queueSendMap = new Map<Sid, NotificationPacket | null>()
  /** Sent, but who knows whether received: sent again on the next connection. */
  protected readonly lastMessageSent = new Map<Sid, NotificationPacket>()
  protected readonly inprogressConnections = new Map<Sid, Channel>()
  /** Accepted, and not known yet by whom they were dialled. */
  private readonly newcomers = new Set<Channel>()
  private down = false

  /** Begins to listen. */
  constructor(peer: QuorumPeer, recipient: Recipient) {
    this.peer = peer
    this.recipient = recipient
    peer.host.listen('election')
  }

  /** The newest message replaces one that still waits. One to this server itself goes to its own receive queue. */
  toSend(sid: Sid, packet: NotificationPacket): void {
    if (this.down) return
    if (sid === this.peer.myid) {
      this.recipient.addToRecvQueue(sid, packet)
      return
    }
    this.queueSendMap.set(sid, packet)
    const channel = this.senderWorkerMap.get(sid)
    if (channel === undefined) this.connectOne(sid)
    else this.drain(channel)
  }

  /** Connects to all servers that something was ever to be sent to, where there is no connection. */
  connectAll(): void {
    for (const sid of this.queueSendMap.keys()) this.connectOne(sid)
  }

  /** A server that a configuration on its way has and the committed one has not. */
  connectNewPeer(sid: Sid): void {
    if (!this.down) this.connectOne(sid)
  }

  /** Whether something (not: everything) has been delivered: true as soon as one queue is empty. */
  haveDelivered(): boolean {
    for (const waiting of this.queueSendMap.values()) if (waiting === null) return true
    return false
  }

  connectedToPeer(sid: Sid): boolean {
    return this.senderWorkerMap.has(sid)
  }

  /** Someone dialled the election port. */
  onAccepted(connection: Connection): void {
    if (this.down) {
      this.peer.host.hangUp(connection)
      return
    }
    const { syncLimit, tickTime } = this.peer.config
    const channel = new Channel(this, connection, `handshake/${connection.id}`)
    connection.attachment = channel
    this.newcomers.add(channel)
    this.peer.dispatcher.setTimer(channel.timer, syncLimit * tickTime * MICROS_PER_MILLI, channel)
  }

  /** Stops listening and closes everything. */
  halt(): void {
    this.down = true
    this.peer.host.unlisten('election')
    for (const channel of [...this.newcomers]) this.close(channel)
    for (const channel of [...this.inprogressConnections.values()]) this.close(channel)
    for (const channel of [...this.senderWorkerMap.values()]) this.close(channel)
  }

  /**
   * Dials a server unless there is a connection or a dial in progress. Unknown servers are not dialled.
   *
   * @param advertised where to find it if no configuration says so
   */
  protected connectOne(sid: Sid, advertised?: HostName): void {
    if (this.senderWorkerMap.has(sid) || this.inprogressConnections.has(sid)) return
    const host = this.hostOf(sid) ?? advertised
    if (host === undefined) return
    const channel = new Channel(this, null, `cnxTimeout/${sid}`)
    channel.sid = sid
    this.inprogressConnections.set(sid, channel)
    this.peer.dispatcher.setTimer(channel.timer, this.peer.config.cnxTimeout * MICROS_PER_MILLI, channel)
    channel.connection = this.peer.host.dial(Object.freeze({ host, port: 'election' }), channel)
  }

  // ── what happens on a channel ──

  /** A dial succeeded. Java: startConnection */
  onConnected(channel: Channel): void {
    const sid = channel.sid
    this.dialEnded(channel)
    this.peer.host.send(channel.connection!, Object.freeze({ type: 'INITIALMESSAGE', sid: this.peer.myid }))
    // The larger id keeps the connection: to a larger one this was but a nudge to dial back.
    if (sid > this.peer.myid) this.close(channel)
    else this.startWorkers(channel)
  }

  onPacket(channel: Channel, packet: Packet): void {
    const newcomer = this.newcomers.has(channel)
    if (packet.type === 'INITIALMESSAGE' && newcomer) this.handleConnection(channel, packet.sid)
    else if (packet.type === 'NOTIFICATION' && channel.working)
      this.recipient.addToRecvQueue(channel.sid, packet)
    else if (channel.sid !== this.peer.myid) this.close(channel)
  }

  onWritable(channel: Channel): void {
    channel.writable = true
    if (channel.working) this.drain(channel)
  }

  /** Hangs up. Java: SendWorker.finish */
  close(channel: Channel): void {
    if (channel.connection !== null) this.peer.host.hangUp(channel.connection)
    this.forget(channel)
  }

  /** It is over, whoever ended it. */
  forget(channel: Channel): void {
    channel.working = false
    if (this.newcomers.delete(channel)) this.peer.dispatcher.clearTimer(channel.timer)
    this.dialEnded(channel)
    if (this.senderWorkerMap.get(channel.sid) === channel) this.senderWorkerMap.delete(channel.sid)
  }

  /** A newcomer said who it is. */
  protected handleConnection(channel: Channel, sid: Sid): void {
    this.newcomers.delete(channel)
    this.peer.dispatcher.clearTimer(channel.timer)
    channel.sid = sid
    if (sid < this.peer.myid) {
      // It may know better than this server that the connection so far is dead.
      const working = this.senderWorkerMap.get(sid)
      if (working !== undefined) this.close(working)
      const { remote } = channel.connection!
      this.close(channel)
      this.connectOne(sid, remote)
    } else if (sid > this.peer.myid) {
      this.startWorkers(channel)
    }
    // From a server with this one's own id: the Java warns, and leaves the socket open and unused.
  }

  /** A new connection takes the place of an old one. */
  protected startWorkers(channel: Channel): void {
    const { sid } = channel
    const old = this.senderWorkerMap.get(sid)
    if (old !== undefined) this.close(old)
    channel.working = true
    this.senderWorkerMap.set(sid, channel)
    if (!this.queueSendMap.has(sid)) this.queueSendMap.set(sid, null)
    this.sendLastMessage(channel)
    this.drain(channel)
  }

  /**
   * With nothing newer to say, says the last thing again: it may have been lost with the old connection. Receivers bear
   * with duplicates. Java: the beginning of SendWorker.run
   */
  protected sendLastMessage(channel: Channel): void {
    if (this.queueSendMap.get(channel.sid) !== null) return
    const last = this.lastMessageSent.get(channel.sid)
    if (last !== undefined) this.send(channel, last)
  }

  /** Java: the loop of SendWorker.run */
  private drain(channel: Channel): void {
    if (!channel.writable) return
    const { sid } = channel
    const waiting = this.queueSendMap.get(sid) ?? null
    if (waiting === null) return
    this.queueSendMap.set(sid, null)
    this.lastMessageSent.set(sid, waiting)
    this.send(channel, waiting)
  }

  private send(channel: Channel, packet: NotificationPacket): void {
    const { host, myid } = this.peer
    channel.writable = host.send(channel.connection!, packet)
    host.tell(
      Object.freeze({ type: 'sent', peer: myid, to: channel.sid, packet: 'NOTIFICATION', zxid: packet.zxid }),
    )
  }

  private dialEnded(channel: Channel): void {
    if (this.inprogressConnections.get(channel.sid) !== channel) return
    this.inprogressConnections.delete(channel.sid)
    this.peer.dispatcher.clearTimer(channel.timer)
  }

  /** The committed configuration says it, or else the one that was seen last. */
  private hostOf(sid: Sid): HostName | undefined {
    const { verifier, lastSeenVerifier } = this.peer
    const known = verifier.config.servers.find((server) => server.sid === sid)
    return (known ?? lastSeenVerifier.config.servers.find((server) => server.sid === sid))?.host
  }
}

/** The id of whoever has not said it. */
const UNKNOWN_SID: Sid = -1

/** One connection, from dial or accept to its end. */
export class Channel implements ConnectionOwner, TimerOwner {
  private readonly manager: QuorumCnxManager
  /** Null only while the dial is being made. */
  connection: Connection | null
  sid: Sid = UNKNOWN_SID
  /** Notifications travel on it. */
  working = false
  /** The send buffer has room. */
  writable = true
  /** Of the dial or of the handshake. */
  readonly timer: TimerName

  constructor(manager: QuorumCnxManager, connection: Connection | null, timer: TimerName) {
    this.manager = manager
    this.connection = connection
    this.timer = timer
  }

  onConnected(_connection: Connection): void {
    this.manager.onConnected(this)
  }

  onRefused(_connection: Connection): void {
    this.manager.forget(this)
  }

  onPacket(_connection: Connection, packet: Packet): void {
    this.manager.onPacket(this, packet)
  }

  onWritable(_connection: Connection): void {
    this.manager.onWritable(this)
  }

  onClosed(_connection: Connection): void {
    this.manager.forget(this)
  }

  /** The other side took too long. */
  onTimer(_name: TimerName): void {
    this.manager.close(this)
  }
}
