import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the server got it. */
export interface Asked {
  url: string;
  range: string | undefined;
}

export interface FileServer {
  url: string;
  asked: Asked[];
  close(): Promise<void>;
}

/** What a server does with a request in place of answering it well; false if it was not meant. */
type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FileServerOptions {
  fault?: Fault;
  /** Answers ranges with the whole file. */
  noRanges?: boolean;
}

/** Serves those files, by path, on this machine; ranges too. */
export async function serveFiles(
  files: Readonly<Record<string, Uint8Array>>,
  { fault = () => false, noRanges = false }: FileServerOptions = {},
): Promise<FileServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    asked.push({ url: request.url!, range });
    if (fault(request, response)) return;
    const content = files[request.url!];
    if (content === undefined) {
      response.writeHead(404).end("not here");
      return;
    }
    const from = noRanges || range === undefined ? 0 : Number(/^bytes=(\d+)-$/.exec(range)![1]);
    if (from > 0 && from >= content.length) {
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
      return;
    }
    const rest = content.subarray(from);
    const headers = { "content-length": rest.length };
    if (from === 0) response.writeHead(200, headers);
    else {
      const span = `bytes ${from}-${content.length - 1}/${content.length}`;
      response.writeHead(206, { ...headers, "content-range": span });
    }
    response.end(rest);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
