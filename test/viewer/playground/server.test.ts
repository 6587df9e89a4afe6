import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { noShow } from "../../../src/viewer/server/no-show.js";
import { serveViewer, type ViewerServer } from "../../../src/viewer/server/viewer-server.js";

let page: string;
let server: ViewerServer;

beforeAll(async () => {
  page = mkdtempSync(join(tmpdir(), "ludus-playground-"));
  writeFileSync(join(page, "index.html"), "viewer");
  writeFileSync(join(page, "playground.html"), "playground");
  server = await serveViewer({ show: noShow, page });
});

afterAll(async () => {
  await server.close();
  rmSync(page, { recursive: true });
});

const headers = (): Record<string, string> => ({
  cookie: `ludus-${server.port}=${new URL(server.address).searchParams.get("token")}`,
  origin: `http://127.0.0.1:${server.port}`,
});

test("with nothing to watch, the playground is what the address shows", async () => {
  for (const path of ["/", "/playground", "/playground?data=spiral"]) {
    const answer = await fetch(new URL(path, server.address), { headers: headers() });
    expect(await answer.text()).toBe("playground");
  }
  expect((await fetch(new URL("/playground", server.address))).status).toBe(401);
});

test("the token leaves the address, and the settings stay, with nothing that HTML could take for its own", async () => {
  const welcome = await fetch(`${server.address.replace("/?", "/playground?")}&data=spiral&x="><script>`);
  expect(await welcome.text()).toContain('content="0;url=/playground?data=spiral&amp;x=%22%3E%3Cscript%3E"');
  const elsewhere = await fetch(server.address.replace("/?", "/other?"));
  expect(await elsewhere.text()).toContain('content="0;url=/"');
});

test("there is no stream", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/stream`, { headers: headers() });
  const status = await new Promise((done) => {
    socket.on("unexpected-response", (_, response) => done(response.statusCode));
    socket.on("open", () => done(101));
    socket.on("error", () => {});
  });
  expect(status).toBe(404);
});
