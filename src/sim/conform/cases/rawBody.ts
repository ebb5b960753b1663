import { OPEN_ACL_UNSAFE } from '../../../nodes/acl.ts'
import type { Bytes } from '../../../nodes/database/txns.ts'
import { JuteWriter } from '../../../nodes/jute/JuteWriter.ts'
import { OpCode } from '../../../nodes/opcodes.ts'
import type { Fields } from '../reading.ts'
import type { RawBody } from './Case.ts'
import { parseAcl, parseData, parseHex } from './values.ts'

/**
 * The body of a raw request: bytes in hexadecimal, or the fields that the record of its opcode has, each of which may be
 * what no client would send.
 */
export function parseRaw(step: Fields): RawBody {
  const body = new Body(step)
  if (step.mentions('hexreq')) return body.said(parseHex(step.field('hexreq')))
  switch (step.field('t').integer()) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
      return body.text('p').buffer().acl().int('flags', 0).said()
    case OpCode.createTTL:
      return body.text('p').buffer().acl().int('flags', 0).long('ttl', 0).said()
    case OpCode.delete:
    case OpCode.check:
      return body.text('p').int('v', -1).said()
    case OpCode.setData:
      return body.text('p').buffer().int('v', -1).said()
    case OpCode.setACL:
      return body.text('p').acl().int('v', -1).said()
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return body.text('p').watch().said()
    case OpCode.getACL:
    case OpCode.sync:
    case OpCode.deleteContainer:
    case OpCode.getEphemerals:
    case OpCode.getAllChildrenNumber:
      return body.text('p').said()
    case OpCode.checkWatches:
    case OpCode.removeWatches:
      return body.text('p').int('k', 0).said()
    case OpCode.addWatch:
      return body.text('p').int('mode', 0).said()
    case OpCode.reconfig:
      return body.text('joining').text('leaving').text('members').long('from', -1).said()
    case OpCode.setWatches:
      return body.relative().texts('data').texts('exist').texts('child').said()
    case OpCode.setWatches2:
      return body
        .relative()
        .texts('data')
        .texts('exist')
        .texts('child')
        .texts('persistent')
        .texts('recursive')
        .said()
    default:
      return body.said()
  }
}

/** Fields of a step, as jute writes them. */
class Body {
  private readonly step: Fields
  private readonly writer = new JuteWriter()
  private afterLastZxid = false

  constructor(step: Fields) {
    this.step = step
  }

  said(bytes: Bytes = this.writer.bytes): RawBody {
    return Object.freeze({ afterLastZxid: this.afterLastZxid, bytes })
  }

  text(name: string): this {
    this.writer.text(this.step.has(name) ? this.step.field(name).string() : null)
    return this
  }

  buffer(): this {
    this.writer.buffer(this.step.mentions('d') ? parseData(this.step.field('d')) : null)
    return this
  }

  acl(): this {
    this.writer.acl(this.step.mentions('acl') ? parseAcl(this.step.field('acl')) : OPEN_ACL_UNSAFE)
    return this
  }

  int(name: string, otherwise: number): this {
    this.writer.int(this.step.has(name) ? this.step.field(name).integer() : otherwise)
    return this
  }

  long(name: string, otherwise: number): this {
    this.writer.long(this.step.has(name) ? this.step.field(name).integer() : otherwise)
    return this
  }

  watch(): this {
    this.writer.bool(this.step.has('w') && this.step.field('w').boolean())
    return this
  }

  /** The first field of its record. */
  relative(): this {
    if (!this.step.has('rel') || !this.step.field('rel').isString) return this.long('rel', 0)
    this.step.field('rel').oneOf(['last'], 'zxid')
    this.afterLastZxid = true
    return this
  }

  texts(name: string): this {
    const texts = this.step.has(name) ? this.step.field(name).array() : []
    this.writer.texts(texts.map((text) => text.string()))
    return this
  }
}
