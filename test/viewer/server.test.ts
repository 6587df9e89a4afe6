import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { fromBytes, toBytes } from "../../src/viewer/codec.js";
import { type Command, type Hello, protocolVersion, type ServerMessage } from "../../src/viewer/protocol.js";
import { serveViewer, type ViewerServer } from "../../src/viewer/server/viewer-server.js";
import type { Show, Told } from "../../src/viewer/show.js";

/** A show that counts, and keeps what it is asked for. */
class Counter implements Show {
  count = 0;
  readonly commands: Command[] = [];
  readonly audience: number[] = [];
  closed = false;
  private listener = (): void => {};

  hello(): Hello {
    const stage = {
      env: "Test-v0",
      envOptions: {},
      actionNames: [],
      actionStart: 0,
      hasState: false,
      human: null,
      hasSnapshots: false,
      maxEpisodeSteps: null,
      arena: null,
    };
    return {
      type: "hello",
      version: protocolVersion,
      mode: "watch",
      stage,
      player: "nobody",
      checkpoints: [],
      run: null,
    };
  }

  next(told: Told): ServerMessage | null {
    if (told["count"] === this.count) return null;
    told["count"] = this.count;
    return { type: "notice", level: "info", text: String(this.count) };
  }

  async handle(command: Command): Promise<null> {
    if (command.type === "step") throw new Error("There is no step.");
    this.commands.push(command);
    return null;
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  watched(pages: number): void {
    this.audience.push(pages);
  }

  close(): void {
    this.closed = true;
  }

  tick(): void {
    this.count++;
    this.listener();
  }
}

let folder: string;
let page: string;
let show: Counter;
let server: ViewerServer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-viewer-"));
  page = join(folder, "page");
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(page, "index.html"), "<!doctype html><title>Ludus</title>");
  writeFileSync(join(page, "assets", "index-1.js"), "console.log(1)");
  writeFileSync(join(folder, "secret.txt"), "secret");
});

beforeAll(async () => {
  show = new Counter();
  server = await serveViewer({ show, page });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const token = (): string => new URL(server.address).searchParams.get("token")!;
const cookie = (): string => `ludus-${server.port}=${token()}`;
const origin = (): string => `http://127.0.0.1:${server.port}`;

interface Answer {
  status: number;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

function ask(path: string, { method = "GET", ...headers }: Record<string, string> = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    const asked = request({ host: "127.0.0.1", port: server.port, path, method, headers }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on("end", () => done({ status: response.statusCode!, body, headers: response.headers }));
    });
    asked.on("error", fail);
    asked.end();
  });
}

describe("pages", () => {
  test("the printed address gives a cookie, and the cookie the page", async () => {
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{22}$/);
    const first = await ask(`/?token=${token()}`);
    expect(first.status).toBe(200);
    expect(first.headers["set-cookie"]).toEqual([`${cookie()}; Path=/; HttpOnly; SameSite=Strict`]);
    expect(first.body).not.toContain(token());
    const shown = await ask("/", { cookie: `other=1; ${cookie()}` });
    expect(shown).toMatchObject({ status: 200, body: "<!doctype html><title>Ludus</title>" });
    expect(shown.headers["cache-control"]).toBe("no-store");
    const asset = await ask("/assets/index-1.js", { cookie: cookie() });
    expect(asset.headers).toMatchObject({ "content-type": "text/javascript; charset=utf-8" });
    expect(asset.headers["cache-control"]).toContain("immutable");
    const zipped = await ask("/assets/index-1.js", { cookie: cookie(), "accept-encoding": "gzip" });
    expect(zipped.headers["content-encoding"]).toBe("gzip");
  });

  test("nobody gets in without the token, or with a wrong one", async () => {
    expect((await ask("/")).status).toBe(401);
    expect((await ask("/assets/index-1.js")).status).toBe(401);
    expect((await ask("/?token=")).status).toBe(403);
    expect((await ask(`/?token=${"x".repeat(22)}`)).status).toBe(403);
    expect((await ask("/", { cookie: `ludus-${server.port}=wrong` })).status).toBe(401);
    expect((await ask("/", { cookie: `ludus-1=${token()}` })).status).toBe(401);
  });

  test.each(["evil.example", "localhost.evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]"])(
    "a request for the host %s is none for this server",
    async (host) => {
      expect((await ask("/", { host, cookie: cookie() })).status).toBe(421);
    },
  );

  test("localhost is the same machine", async () => {
    expect((await ask("/", { host: `localhost:${server.port}`, cookie: cookie() })).status).toBe(200);
  });

  test.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/../../secret.txt",
    "/assets/..\\..\\secret.txt",
    "/secret.txt",
    "/index.html%00",
    "//etc/passwd",
    "/assets",
  ])("%s is nothing", async (path) => {
    const { status, body } = await ask(path, { cookie: cookie() });
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("secret");
  });

  test("only reading is possible, and every answer keeps strangers out", async () => {
    expect((await ask("/", { method: "POST", cookie: cookie() })).status).toBe(405);
    expect((await ask("/", { method: "HEAD", cookie: cookie() })).body).toBe("");
    for (const { headers } of [await ask("/", { cookie: cookie() }), await ask("/nothing")]) {
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
  });
});

const open: WebSocket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
});

function socketWith(headers: Record<string, string> = {}, path = "/stream"): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, {
    headers: { origin: origin(), cookie: cookie(), ...headers },
  });
  open.push(socket);
  return socket;
}

/** 101, or the status of the refusal. */
function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((done) => {
    socket.on("open", () => done(101));
    socket.on("unexpected-response", (_request, response) => done(response.statusCode!));
    socket.on("error", () => {});
  });
}

/** A page that has said hello, and what it is sent. */
async function greeted(): Promise<{
  socket: WebSocket;
  say: (message: unknown) => void;
  got: ServerMessage[];
}> {
  const socket = socketWith();
  const got: ServerMessage[] = [];
  socket.on("message", (data: Buffer) => got.push(fromBytes(data) as ServerMessage));
  await new Promise((done) => socket.on("open", done));
  const say = (message: unknown): void => socket.send(toBytes(message));
  say({ type: "hello", version: protocolVersion });
  await until(() => got.length === 1);
  return { socket, say, got };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !holds(); i++) await new Promise((done) => setTimeout(done, 10));
  expect(holds()).toBe(true);
}

function codeOf(socket: WebSocket): Promise<number> {
  return new Promise((done) => {
    socket.on("close", (code) => done(code));
    socket.on("error", () => {});
  });
}

describe("the stream", () => {
  test("opens for this server's own page only", async () => {
    expect(await statusOf(socketWith())).toBe(101);
    expect(await statusOf(socketWith({ origin: `http://localhost:${server.port}` }))).toBe(403);
    expect(await statusOf(socketWith({ origin: "http://evil.example" }))).toBe(403);
    expect(await statusOf(socketWith({ origin: "null" }))).toBe(403);
    expect(await statusOf(socketWith({ cookie: "" }))).toBe(403);
    expect(await statusOf(socketWith({ host: `evil.example:${server.port}` }))).toBe(421);
    expect(await statusOf(socketWith({}, "/other"))).toBe(404);
  });

  test("says hello, and sends the newest to whoever is ready, and nothing to who is not", async () => {
    const { say, got } = await greeted();
    expect(got[0]).toMatchObject({ type: "hello", version: protocolVersion });
    for (let i = 0; i < 5; i++) show.tick();
    await new Promise((done) => setTimeout(done, 30));
    expect(got).toHaveLength(1);
    say({ type: "ready" });
    await until(() => got.length === 2);
    expect(got[1]).toMatchObject({ text: String(show.count) });
    say({ type: "ready" });
    await new Promise((done) => setTimeout(done, 30));
    expect(got).toHaveLength(2);
    show.tick();
    await until(() => got.length === 3);
  });

  test("hands commands on, and answers what cannot be done with a sentence", async () => {
    const { say, got } = await greeted();
    say({ type: "seek", step: 5 });
    await until(() => show.commands.at(-1)?.type === "seek");
    expect(show.commands.at(-1)).toEqual({ type: "seek", step: 5 });
    say({ type: "ready" });
    await until(() => got.length === 2);
    say({ type: "step" });
    say({ type: "ready" });
    await until(() => got.length === 3);
    expect(got[2]).toEqual({ type: "notice", level: "error", text: "There is no step." });
  });

  test.each([
    ["bytes that are no message", Buffer.from([0xc1, 1, 2]), 1003],
    ["a command that there is not", toBytes({ type: "format-disk" }), 1003],
    ["a command with more than it should have", toBytes({ type: "play", also: 1 }), 1003],
    ["a step that is none", toBytes({ type: "seek", step: -1 }), 1003],
    ["text", "play", 1003],
    ["a message that is far too long", Buffer.alloc(5000), 1009],
    ["another hello", toBytes({ type: "hello", version: protocolVersion }), 1002],
  ])("%s ends the connection, and nothing else", async (_, message, code) => {
    const { socket } = await greeted();
    const closed = codeOf(socket);
    socket.send(message);
    expect(await closed).toBe(code);
    const other = await greeted();
    expect(other.got).toHaveLength(1);
  });

  test("another version, or a command before hello, is told so", async () => {
    for (const message of [{ type: "hello", version: 999 }, { type: "play" }]) {
      const socket = socketWith();
      await new Promise((done) => socket.on("open", done));
      const closed = codeOf(socket);
      socket.send(toBytes(message));
      expect(await closed).toBe(1002);
    }
  });

  test("a flood ends the connection", async () => {
    const { socket, say } = await greeted();
    const closed = codeOf(socket);
    for (let i = 0; i < 1000; i++) say({ type: "pause" });
    expect(await closed).toBe(1008);
  });

  test("pages beyond the sixteenth are turned away", async () => {
    await new Promise((done) => setTimeout(done, 50));
    const statuses = await Promise.all(Array.from({ length: 18 }, () => statusOf(socketWith())));
    expect(statuses.filter((status) => status === 101).length).toBeLessThanOrEqual(16);
    expect(statuses).toContain(503);
  });

  test("who hangs up while being turned away harms nobody, and who does not is not waited for", async () => {
    const own = await serveViewer({ show: new Counter(), page });
    const turnedAway = (hangUp: boolean): Promise<Socket> =>
      new Promise((done) => {
        const raw = connect(own.port, "127.0.0.1", () => {
          const headers = "Connection: Upgrade\r\nUpgrade: websocket";
          raw.write(`GET /stream HTTP/1.1\r\nHost: 127.0.0.1:${own.port}\r\n${headers}\r\n\r\n`, () => {
            if (hangUp) raw.resetAndDestroy();
            done(raw);
          });
        });
        raw.allowHalfOpen = true;
        raw.on("error", () => {});
      });
    for (let i = 0; i < 50; i++) await turnedAway(true);
    const open = await turnedAway(false);
    await once(open, "data");
    await own.close();
    open.destroy();
  });

  test("a request that is no HTTP, or hangs up, changes nothing", async () => {
    const raw = connect(server.port, "127.0.0.1");
    raw.on("error", () => {});
    raw.write("\x16\x03\x01 nonsense\r\n\r\n");
    await new Promise((done) => setTimeout(done, 20));
    raw.destroy();
    expect((await ask("/", { cookie: cookie() })).status).toBe(200);
  });
});

test("a page that asks and does not read costs nothing", async () => {
  const frames = new Counter();
  const bytes = new Uint8Array(1e6);
  let made = 0;
  frames.next = () => {
    made++;
    return { type: "notice", level: "info", text: "", bytes } as unknown as ServerMessage;
  };
  const busy = await serveViewer({ show: frames, page });
  try {
    const socket = new WebSocket(`ws://127.0.0.1:${busy.port}/stream`, {
      headers: {
        origin: `http://127.0.0.1:${busy.port}`,
        cookie: `ludus-${busy.port}=${new URL(busy.address).searchParams.get("token")!}`,
      },
    });
    await new Promise((done) => socket.on("open", done));
    socket.send(toBytes({ type: "hello", version: protocolVersion }));
    socket.pause();
    const before = process.memoryUsage();
    for (let i = 0; i < 150; i++) {
      socket.send(toBytes({ type: "ready" }));
      frames.tick();
      await new Promise((done) => setTimeout(done, 10));
    }
    const after = process.memoryUsage();
    // What the kernel takes on both sides, and one more; of 150 that were asked for.
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(30);
    expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).toBeLessThan(4e7);
    socket.terminate();
  } finally {
    await busy.close();
  }
});

test("whoever watches is counted, and closing ends everything", async () => {
  const own = new Counter();
  const short = await serveViewer({ show: own, page });
  const socket = new WebSocket(`ws://127.0.0.1:${short.port}/stream`, {
    headers: {
      origin: `http://127.0.0.1:${short.port}`,
      cookie: `ludus-${short.port}=${new URL(short.address).searchParams.get("token")}`,
    },
  });
  await new Promise((done) => socket.on("open", done));
  await until(() => own.audience.at(-1) === 1);
  const gone = codeOf(socket);
  await short.close();
  await gone;
  expect(own.closed).toBe(true);
  await expect(serveViewer({ show: own, page, port: server.port })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});

test("what was told just before the end still reaches a page that is busy; one that hears nothing is not waited for", async () => {
  const last = new Counter();
  const ending = await serveViewer({ show: last, page });
  const headers = {
    origin: `http://127.0.0.1:${ending.port}`,
    cookie: `ludus-${ending.port}=${new URL(ending.address).searchParams.get("token")}`,
  };
  const pages = [0, 1].map(() => new WebSocket(`ws://127.0.0.1:${ending.port}/stream`, { headers }));
  const [busy, deaf] = pages as [WebSocket, WebSocket];
  const got: ServerMessage[] = [];
  busy.on("message", (data: Buffer) => got.push(fromBytes(data) as ServerMessage));
  await Promise.all(pages.map((socket) => new Promise((done) => socket.on("open", done))));
  for (const socket of pages) socket.send(toBytes({ type: "hello", version: protocolVersion }));
  await until(() => got.length === 1);
  deaf.pause();
  last.tick();
  const code = codeOf(busy);
  await ending.close();
  expect(await code).toBe(1001);
  expect(got.at(-1)).toMatchObject({ text: "1" });
  deaf.terminate();
});
