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
    let wasOpen = false;
    socket = new WebSocket(`ws://${location.host}/stream`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wasOpen = true;
      wait = retry.first;
      send({ type: "hello", version: protocolVersion });
      onState(null);
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      onMessage(fromBytes(new Uint8Array(data)) as ServerMessage);
    };
    socket.onclose = ({ code, reason }) => {
      if (reason !== "") onState(reason);
      else {
        whyClosed(wasOpen).then((why) => {
          if (socket.readyState !== WebSocket.OPEN) onState(why);
        });
      }
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

/** Why a stream ended, or never began, without a word. Browsers do not say; whether the server answers, and how, does. */
async function whyClosed(wasOpen: boolean): Promise<string> {
  const status = await fetch("/icon.svg", { method: "HEAD", cache: "no-store" }).then(
    (answer) => answer.status,
    () => null,
  );
  if (status === null) return "The server is gone. Is the command still running?";
  if (status === 401) return "The command was started anew: open the address that it has printed.";
  return wasOpen
    ? "The connection has broken, and is made again ..."
    : "The server has as many pages as it takes: close one of them.";
}
