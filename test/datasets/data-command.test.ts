import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DownloadLine, dataCommand, progressText } from "../../src/cli/commands/data.js";
import { catalogue } from "../../src/datasets/index.js";
import { type FileServer, serveFiles } from "./file-server.js";
import { sharedData, skipWithoutData } from "./shared-data.js";

const shared = sharedData();
let folder: string;
let written: string;
let told: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-data-command-"));
  written = "";
  told = "";
  vi.stubEnv("LUDUS_SHARED", "");
  vi.stubEnv("LUDUS_DATA", undefined);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    told += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function ludusData(...args: string[]): Promise<string> {
  written = "";
  await dataCommand().exitOverride().parseAsync(args, { from: "user" });
  return written;
}
const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("ludus data list", () => {
  test("has all data sets, and which are here", async () => {
    const before = lines(await ludusData("list", "--json", "--data", folder));
    expect(before.at(-1)).toEqual({ event: "done", count: Object.keys(catalogue).length });
    const iris = before.find(({ name }) => name === "iris")!;
    expect(iris).toMatchObject({ event: "dataset", bytes: 4551, here: false, licence: "CC BY 4.0" });
    mkdirSync(join(folder, "iris"));
    writeFileSync(join(folder, "iris", "iris.data"), "");
    const table = await ludusData("list", "--data", folder);
    expect(table).toMatch(/^iris +0\.00 +yes +iris plants/m);
    expect(table).toMatch(/^mnist +11\.59 +no /m);
    expect(table).toMatch(/^cora +0\.10 +no, by hand /m);
    expect(told).toMatch(/no address to get cifar10-subset or cora from; `ludus data get <name>` says/);
    expect(before.find(({ name }) => name === "cora")).toMatchObject({
      origin: expect.stringContaining("github.com/kimiyoung/planetoid"),
    });
    expect(iris["origin"]).toBe(null);
    vi.stubEnv("LUDUS_DATA", folder);
    expect(await ludusData("list")).toBe(table);
    expect(await ludusData("list", "--data", "")).toBe(table);
  });
});

describe("ludus data get", () => {
  let server: FileServer;
  afterEach(() => server?.close());

  test("brings a data set that then loads", async (context) => {
    skipWithoutData(context);
    const file = new Uint8Array(readFileSync(join(shared!, "iris", "iris.data")));
    server = await serveFiles({ "/iris/iris.data": file });
    const args = ["get", "iris", "--data", folder, "--mirror", server.url];
    const path = join(folder, "iris", "iris.data");
    expect(await ludusData(...args)).toBe(`${path}\n`);
    expect(told).toMatch(/100% {2}0\.0 of 0\.0 MB .* iris\.data/);
    expect(catalogue.iris.load({ folder }).splits.train.size).toBe(120);
    expect(await ludusData(...args)).toBe(`${path} (was there)\n`);
    expect(lines(await ludusData(...args, "--json"))).toEqual([
      { event: "file", path, bytes: 4551, downloaded: false },
      { event: "done", name: "iris", files: 1 },
    ]);
  });

  test("fails with one sentence", async () => {
    server = await serveFiles({ "/iris/iris.data": Uint8Array.of(1) });
    const get = (...args: string[]) => ludusData("get", ...args, "--data", folder);
    await expect(get("iris", "--mirror", server.url)).rejects.toThrow(
      expect.objectContaining({ code: "wrong-checksum" }),
    );
    await expect(get("wdbc", "--mirror", server.url)).rejects.toThrow(/wdbc\.data answered 404/);
    await expect(get("cora")).rejects.toThrow(
      /cora\.json\.gz of cora cannot be downloaded; put cora\.json\.gz and split\.public\.json into .*cora \(.*\), or name a server that has it all with --mirror <url>\.$/,
    );
    await expect(get("irs")).rejects.toThrow(/did you mean iris/);
  });
});

describe("the progress of a download", () => {
  test("says how far it is, how fast, and how long yet", () => {
    const shown = { file: "a.gz", received: 4_500_000, size: 10_000_000, bytesPerSecond: 1_100_000 };
    expect(progressText(shown)).toBe(" 45%  4.5 of 10.0 MB  1.1 MB/s  ETA 5s  a.gz");
    expect(progressText({ ...shown, received: 0, bytesPerSecond: Number.NaN })).toBe(
      "  0%  0.0 of 10.0 MB  ? MB/s  ETA ?  a.gz",
    );
  });

  test("is one line in a terminal, and a plain line elsewhere", () => {
    const draw = (isTTY: boolean) => {
      let text = "";
      const out = {
        isTTY,
        columns: 40,
        write: (part: string) => (text += part),
      } as unknown as NodeJS.WriteStream;
      const line = new DownloadLine(catalogue.iris.files, out);
      line.progress({ file: "iris.data", received: 2275, total: null });
      line.progress({ file: "iris.data", received: 2276, total: null });
      line.close();
      line.close();
      return text;
    };
    expect(draw(false)).toBe(" 49%  0.0 of 0.0 MB  ? MB/s  ETA ?  iris.data\n");
    expect(draw(true)).toBe("\r 49%  0.0 of 0.0 MB  ? MB/s  ETA ?  iri\x1b[K\r\x1b[K");
  });
});
