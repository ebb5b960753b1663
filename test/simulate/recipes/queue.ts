/** The queue of ZooKeeper's recipes, right and wrong. */
import { isKeeperException, type ZooKeeper } from '../../../src/index.ts'

/** Takes the first item, or null where there is none. */
export type Take = (zk: ZooKeeper, path: string) => Promise<string | null>

export async function put(zk: ZooKeeper, path: string, item: string): Promise<void> {
  await zk.create(`${path}/item-`, item, { mode: 'persistentSequential' })
}

/** Whoever deletes an item has it. */
export const take: Take = async (zk, path) => {
  for (const name of [...(await zk.getChildren(path))].sort()) {
    try {
      const { text } = await zk.getData(`${path}/${name}`)
      await zk.delete(`${path}/${name}`)
      return text
    } catch (error) {
      if (!isKeeperException(error, 'NONODE')) throw error
    }
  }
  return null
}

/** Thinks that whoever read an item has it. */
export const takeOnSight: Take = async (zk, path) => {
  for (const name of [...(await zk.getChildren(path))].sort()) {
    try {
      const { text } = await zk.getData(`${path}/${name}`)
      void zk.delete(`${path}/${name}`).catch(() => {})
      return text
    } catch (error) {
      if (!isKeeperException(error, 'NONODE')) throw error
    }
  }
  return null
}
