import type { Command, Hello, Reply, ServerMessage } from "./protocol.js";

/** How far one page has been told of a show. Whoever tells it keeps one. */
export type Told = Record<string, number>;

/**
 * Something to watch. It never sends: pages that have drawn what they got ask for what is newest, so that a slow page skips
 * frames, and one that asks for nothing costs nothing.
 */
export interface Show {
  hello(): Hello;
  /** The next message, or its bytes, for a page that has been told so much; null if there is nothing new. Updates `told`. */
  next(told: Told): ServerMessage | Uint8Array | null;
  /**
   * @returns an answer for the page that asked, where there is one
   * @throws Error with one sentence for the person who asked
   */
  handle(command: Command): Promise<Reply | null>;
  /** Called with what to do after each change. */
  onChange(listener: () => void): void;
  /** Somebody watches, or nobody does. */
  watched(pages: number): void;
  close(): void;
}
