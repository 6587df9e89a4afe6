import { fromBytes, toBytes } from "../../src/viewer/codec.js";
import { type Command, protocolVersion, type ServerMessage } from "../../src/viewer/protocol.js";
import { embeddedReplay } from "./export/embedded.js";
import { ReplayConnection } from "./replay-connection.js";

export interface Connection {
  send(command: Command): void;
  /** Says that the last message has been dealt with, so that the next may come. */
  ready(): void;
}

/** Milliseconds until the page asks again for a server that is gone; it doubles up to the longest. */
const retry = { first: 500, longest: 8000 } as const;

export interface Listener {
  onMessage(message: ServerMessage): void;
  /** `why` is null while it is open, else a sentence for people. */
  onState(why: string | null): void;
}

/** To the replay in this page, where it has one, else to the server that it came from. */
export function connect(listener: Listener): Connection {
  try {
    const replay = embeddedReplay();
    return replay === null ? connectToServer(listener) : new ReplayConnection(replay, listener);
  } catch (error) {
    listener.onState(`The replay in this file is damaged (${(error as Error).message}).`);
    return { send: () => {}, ready: () => {} };
  }
}

/** Opens the stream that this page came with, and opens it again when it breaks. */
function connectToServer({ onMessage, onState }: Listener): Connection {
  let socket: WebSocket;
  let wait: number = retry.first;

  const open = (): void => {
    socket = new WebSocket(`ws://${location.host}/stream`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wait = retry.first;
      send({ type: "hello", version: protocolVersion });
      onState(null);
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      onMessage(fromBytes(new Uint8Array(data)) as ServerMessage);
    };
    socket.onclose = ({ code, reason }) => {
      onState(reason === "" ? "The server is gone. Is the command still running?" : reason);
      // 1002: another version of the protocol, which only a new page speaks.
      if (code === 1002) return;
      setTimeout(open, wait);
      wait = Math.min(wait * 2, retry.longest);
    };
  };
  const send = (command: Command): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(toBytes(command));
  };
  open();
  return { send, ready: () => send({ type: "ready" }) };
}
