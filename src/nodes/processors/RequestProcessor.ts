import type { Request } from './Request.ts'

/** One link of a pipeline. Java: RequestProcessor */
export interface RequestProcessor {
  processRequest(request: Request): void
  shutdown(): void
}
