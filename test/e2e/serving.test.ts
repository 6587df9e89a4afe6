import { expect, test, vi } from "vitest";
import { serveUntilInterrupted } from "../../src/cli/serve.js";
import { noShow } from "../../src/viewer/server/no-show.js";
// Builds the page.
import "./ludus.js";

test("Ctrl+C ends a server from the moment that its address is told", { timeout: 60_000 }, async () => {
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said.push(String(text));
    if (said.length === 1) process.emit("SIGINT");
    return true;
  });
  try {
    const serving = serveUntilInterrupted(noShow, { host: "127.0.0.1", port: 0 });
    await expect(serving).rejects.toMatchObject({ exitCode: 130 });
  } finally {
    write.mockRestore();
  }
  expect(said).toEqual([expect.stringMatching(/^Watch it at http:\/\/127\.0\.0\.1:/), "Ctrl+C ends it.\n"]);
});
