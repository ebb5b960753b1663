import { FollowerRequestProcessor } from './FollowerRequestProcessor.ts'

/**
 * What it does is what FollowerRequestProcessor does; Java has the same text twice. Java:
 * ObserverRequestProcessor
 */
export class ObserverRequestProcessor extends FollowerRequestProcessor {}
