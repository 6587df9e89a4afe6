import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { RunLibrary } from "../run-library.js";
import type { Show } from "../show.js";
import { noShow } from "./no-show.js";
import { PageConnection } from "./page-connection.js";
import { type PageFile, readPage } from "./page-files.js";
import { allowedHosts, Gate, securityHeaders } from "./security.js";

export interface ViewerServerOptions {
  /** `noShow` for the playground alone. */
  show: Show;
  /** Of runs to lay over each other; none by default. */
  library?: RunLibrary | null;
  /** Folder of the built page. */
  page: string;
  /** Interface to listen on; only this machine by default. */
  host?: string;
  /** 0 for any that is free. */
  port?: number;
}

export interface ViewerServer {
  /** With the token: whoever has it may watch and control. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Pages at the same time; each costs memory and, while it draws, time. */
const mostPages = 16;

/** Bytes of a command; all are far below. */
const longestCommand = 4096;

/**
 * Serves the page and a show to browsers on this machine.
 * @throws NodeJS.ErrnoException `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` where it cannot listen
 */
export async function serveViewer(options: ViewerServerOptions): Promise<ViewerServer> {
  const { show, library = null, host = "127.0.0.1" } = options;
  const files = withPages(readPage(options.page), show);
  const server = createServer();
  await listen(server, host, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const gate = new Gate(allowedHosts(host, port), port);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestCommand,
    perMessageDeflate: false,
  });
  const pages = new Set<PageConnection>();
  show.onChange(() => {
    for (const page of pages) page.flush();
  });
  server.on("request", (request, response) => {
    const { status, headers, body } = answerTo(request, gate, files);
    const length = { "content-length": String(Buffer.byteLength(body)) };
    response.writeHead(status, { ...securityHeaders, ...headers, ...length });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = show === noShow ? "404 Not Found" : whyNotUpgrade(request, gate, pages.size);
    if (refusal !== null) {
      turnAway(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const page = new PageConnection(client, show, library);
      pages.add(page);
      show.watched(pages.size);
      client.on("close", () => {
        pages.delete(page);
        show.watched(pages.size);
      });
    });
  });
  const shownHost =
    host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return {
    address: `http://${shownHost}:${port}/?token=${gate.token}`,
    port,
    close: async () => {
      await Promise.all([...pages].map((page) => page.close()));
      show.close();
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    },
  };
}

/** The files, and where each page is in addresses. */
function withPages(files: ReadonlyMap<string, PageFile>, show: Show): ReadonlyMap<string, PageFile> {
  const pages = {
    "/": show === noShow ? "/playground.html" : "/index.html",
    "/playground": "/playground.html",
  };
  const found = Object.entries(pages).flatMap(([address, name]) => {
    const file = files.get(name);
    return file === undefined ? [] : [[address, file] as const];
  });
  return new Map([...files, ...found]);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => {
      server.removeListener("error", fail);
      done();
    });
  });
}

function whyNotUpgrade(request: IncomingMessage, gate: Gate, pages: number): string | null {
  if (!gate.knowsHost(request)) return "421 Misdirected Request";
  if (request.url !== "/stream") return "404 Not Found";
  if (!gate.fromOwnPage(request) || !gate.hasCookie(request)) return "403 Forbidden";
  return pages >= mostPages ? "503 Service Unavailable" : null;
}

/** The server has let go of the socket: nobody else hears of its errors, or ends what the other side leaves open. */
function turnAway(socket: Duplex, status: string): void {
  socket.on("error", () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

function sentence(status: number, text: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: `${text}\n` };
}

function answerTo(request: IncomingMessage, gate: Gate, files: ReadonlyMap<string, PageFile>): Answer {
  if (!gate.knowsHost(request)) return sentence(421, "This server is not called that.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return sentence(405, "Only GET and HEAD.", { allow: "GET, HEAD" });
  }
  const address = addressOf(request);
  if (address === null) return sentence(400, "That is no address.");
  const { pathname, searchParams } = address;
  const token = searchParams.get("token");
  if (token !== null) {
    return gate.isToken(token)
      ? welcome(gate, address)
      : sentence(403, "This address is of another launch; open the one that was printed last.");
  }
  if (!gate.hasCookie(request)) {
    return sentence(401, "Open the address that Ludus printed in the terminal, with its token.");
  }
  const file = files.get(pathname);
  return file === undefined ? sentence(404, "There is nothing here.") : fileAnswer(request, file);
}

function addressOf({ url = "/" }: IncomingMessage): URL | null {
  // Two slashes would name another host.
  return url.startsWith("/") && !url.startsWith("//") ? new URL(url, "http://localhost") : null;
}

/** The token leaves the address bar for a cookie. No redirect: a strict cookie would not follow one that began elsewhere. */
function welcome(gate: Gate, { pathname, searchParams }: URL): Answer {
  searchParams.delete("token");
  // What a page's settings are stays in the address; URLSearchParams leaves no sign in it that HTML knows but `&`.
  const query = searchParams.size === 0 ? "" : `?${searchParams}`;
  const page = (pathname === "/playground" ? pathname : "/") + query.replaceAll("&", "&amp;");
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "set-cookie": gate.cookie,
    },
    body: `<!doctype html><meta charset="utf-8"><title>Ludus</title><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=${page}">`,
  };
}

function fileAnswer(request: IncomingMessage, file: PageFile): Answer {
  const gzip = (request.headers["accept-encoding"] ?? "").includes("gzip");
  return {
    status: 200,
    headers: {
      "content-type": file.type,
      "cache-control": file.immutable ? "private, max-age=31536000, immutable" : "no-store",
      vary: "accept-encoding",
      ...(gzip ? { "content-encoding": "gzip" } : {}),
    },
    body: gzip ? file.gzipped : file.bytes,
  };
}
