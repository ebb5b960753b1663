import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTxn } from '../../src/nodes/database/txns.ts'
import type { DiskRecord } from '../../src/nodes/diskRecords.ts'
import type { DiskError, FileName, Ticket } from '../../src/nodes/Host.ts'
import { type DiskAnswers, LiveDisk } from '../../src/nodes/live/LiveDisk.ts'

class Answers implements DiskAnswers {
  readonly heard: string[] = []

  forced(ticket: Ticket): void {
    this.heard.push(`forced ${ticket}`)
  }

  diskFailed(ticket: Ticket, error: DiskError): void {
    this.heard.push(`failed ${ticket} ${error}`)
  }

  async until(count: number): Promise<string[]> {
    while (this.heard.length < count) await new Promise((resolve) => setTimeout(resolve, 0))
    return this.heard
  }
}

function txn(zxid: number) {
  return makeTxn(zxid, '0x1', 1, 0, { type: 'error', err: 0 })
}

function epoch(n: number): DiskRecord {
  return Object.freeze({ kind: 'epoch', epoch: n })
}

let directory: string
let answers: Answers
let opened: LiveDisk[]

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'zksim-disk-'))
  answers = new Answers()
  opened = []
})

afterEach(async () => {
  await Promise.all(opened.map((disk) => disk.close()))
  rmSync(directory, { recursive: true, force: true })
})

function open(): LiveDisk {
  const disk = new LiveDisk(directory, answers)
  opened.push(disk)
  return disk
}

function at(file: string): string {
  return path.join(directory, file)
}

/** Three transactions in a closed file; how long it is. */
async function written(): Promise<number> {
  const disk = open()
  for (const zxid of [1, 2, 3]) disk.append('log.1', txn(zxid))
  await disk.close()
  return statSync(at('log.1')).size
}

function zxids(disk: LiveDisk, file: FileName): number[] {
  const records = disk.read(file)!.records
  return Array.from({ length: records.length }, (_, i) => (records.at(i) as { zxid: number }).zxid)
}

describe('damage is found when a file is read', () => {
  test('cut anywhere: the records before are there, the rest is torn', async () => {
    const size = await written()
    const whole = readFileSync(at('log.1'))
    const third = size / 3
    for (let length = 0; length < size; length++) {
      writeFileSync(at('log.1'), whole.subarray(0, length))
      const disk = open()
      const good = Math.floor(length / third)
      expect(zxids(disk, 'log.1')).toEqual([1, 2, 3].slice(0, good))
      expect(disk.read('log.1')!.damage).toEqual(length % third === 0 ? null : { at: good, kind: 'torn' })
    }
  })

  test('any byte changed: the records before are there, the one it is in is corrupt', async () => {
    const size = await written()
    const whole = readFileSync(at('log.1'))
    for (let i = 0; i < size; i++) {
      const bad = Buffer.from(whole)
      bad[i]! ^= 0x10
      writeFileSync(at('log.1'), bad)
      const disk = open()
      const good = Math.floor(i / (size / 3))
      expect(zxids(disk, 'log.1')).toEqual([1, 2, 3].slice(0, good))
      expect(disk.read('log.1')!.damage).toEqual({ at: good, kind: 'corrupt' })
    }
  })

  test('what is appended behind damage is not readable; cutting the damage off mends the file', async () => {
    const size = await written()
    truncateSync(at('log.1'), size - 1)
    const disk = open()
    disk.append('log.1', txn(4))
    disk.flush()
    expect(zxids(disk, 'log.1')).toEqual([1, 2])
    const behind = open()
    expect(zxids(behind, 'log.1')).toEqual([1, 2])
    expect(behind.read('log.1')!.damage!.at).toBe(2)
    behind.truncate('log.1', 2)
    behind.append('log.1', txn(5))
    behind.flush()
    expect(zxids(behind, 'log.1')).toEqual([1, 2, 5])
    const mended = open()
    expect(zxids(mended, 'log.1')).toEqual([1, 2, 5])
    expect(mended.read('log.1')!.damage).toBe(null)
  })
})

describe('what the platter cannot do is said, to each ticket once and in order', () => {
  test('a full disk; a later force succeeds once there is room', async () => {
    const disk = open()
    symlinkSync('/dev/full', at('log.1'))
    disk.append('log.1', txn(1))
    disk.force('log.1')
    expect(await answers.until(1)).toEqual(['failed 1 full'])
    disk.append('log.2', txn(1))
    disk.force('log.2')
    expect(await answers.until(2)).toEqual(['failed 1 full', 'forced 2'])
  })

  test('a directory that is gone', async () => {
    const disk = open()
    rmSync(directory, { recursive: true })
    disk.append('log.1', txn(1))
    disk.force('log.1')
    disk.replace('currentEpoch', epoch(1))
    expect((await answers.until(2)).toSorted()).toEqual(['failed 1 io', 'failed 2 io'])
  })

  test('a replacement that cannot be written leaves the old record', async () => {
    const disk = open()
    disk.replace('currentEpoch', epoch(1))
    await answers.until(1)
    symlinkSync('/dev/full', at('~2~currentEpoch'))
    disk.replace('currentEpoch', epoch(2))
    expect(await answers.until(2)).toEqual(['forced 1', 'failed 2 io'])
    expect(disk.read('currentEpoch')!.records.at(0)).toEqual(epoch(1))
  })
})

describe('files', () => {
  test('what was written aside and never renamed is swept at start', () => {
    writeFileSync(at('~1~currentEpoch'), 'half')
    expect(open().files()).toEqual([])
    expect(readdirSync(directory)).toEqual([])
  })

  test('odd names stand in the directory and nowhere else', async () => {
    const names = ['..', '.', '../up', '~1~x', 'a/b', 'log.1', '\u00fc']
    const disk = open()
    for (const name of names) disk.append(name, epoch(1))
    await disk.close()
    const again = open()
    expect(again.files()).toEqual(names.toSorted())
    expect(again.files().map((name) => again.read(name)!.records.length)).toEqual(names.map(() => 1))
    expect(readdirSync(directory).length).toBe(names.length)
  })

  test('forces and replacements of one file keep their order; a replacement takes effect at its end', async () => {
    const disk = open()
    disk.append('f', epoch(1))
    disk.force('f')
    disk.replace('f', epoch(2))
    disk.append('f', epoch(3))
    disk.force('f')
    expect(disk.read('f')!.records.length).toBe(2)
    disk.replace('f', epoch(4))
    expect(await answers.until(4)).toEqual([1, 2, 3, 4].map((ticket) => `forced ${ticket}`))
    disk.append('f', epoch(5))
    disk.force('f')
    await answers.until(5)
    const again = open()
    expect([0, 1].map((i) => again.read('f')!.records.at(i))).toEqual([epoch(4), epoch(5)])
    expect(again.read('f')!.records.length).toBe(2)
  })

  test('a file that is removed while it is forced is answered, and may come again', async () => {
    const disk = open()
    disk.append('f', epoch(1))
    disk.force('f')
    disk.remove('f')
    expect(disk.files()).toEqual([])
    disk.append('f', epoch(2))
    disk.force('f')
    expect(await answers.until(2)).toEqual(['forced 1', 'forced 2'])
    const again = open()
    expect(again.read('f')!.records.length).toBe(1)
    expect(again.read('f')!.records.at(0)).toEqual(epoch(2))
  })

  test('a force of a file that is not there makes it', async () => {
    const disk = open()
    disk.force('f')
    expect(await answers.until(1)).toEqual(['forced 1'])
    expect(open().files()).toEqual(['f'])
  })

  test('records cut off before they were written are never written', async () => {
    const disk = open()
    disk.append('log.1', txn(1))
    disk.flush()
    for (const zxid of [2, 3, 4]) disk.append('log.1', txn(zxid))
    disk.truncate('log.1', 2)
    disk.append('log.1', txn(5))
    disk.truncate('log.1', 3)
    await disk.close()
    expect(zxids(open(), 'log.1')).toEqual([1, 2, 5])
  })

  test('after close nothing is answered', async () => {
    const disk = open()
    disk.append('log.1', txn(1))
    disk.force('log.1')
    disk.replace('f', epoch(1))
    await disk.close()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(answers.heard).toEqual([])
    expect(readdirSync(directory).toSorted()).toEqual(['log.1', '~1~f'])
    expect(zxids(open(), 'log.1')).toEqual([1])
  })
})
