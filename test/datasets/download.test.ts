import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { downloadFile } from "../../src/datasets/download.js";
import { type DataFile, type DownloadProgress, getDataset } from "../../src/datasets/index.js";
import { type FileServer, type FileServerOptions, serveFiles } from "./file-server.js";

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) ^ (i >> 8));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

let folder: string;
let server: FileServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-download-"));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function serve(options?: FileServerOptions): Promise<void> {
  server = await serveFiles({ "/set/a.bin": content, "/set/b.bin": content.subarray(0, 10) }, options);
}

const fileA = (changes: Partial<DataFile> = {}): DataFile => ({
  name: "a.bin",
  url: `${server.url}/set/a.bin`,
  bytes: content.length,
  checksum: { sha256: sha256(content) },
  ...changes,
});
const get = (...files: DataFile[]) => getDataset({ name: "set", files }, { folder });
const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ name: "DataError", code, message: expect.stringMatching(message) });

const path = () => join(folder, "set", "a.bin");
const partial = () => `${path()}.partial`;
function leavePartial(bytes: Uint8Array): void {
  mkdirSync(join(folder, "set"), { recursive: true });
  writeFileSync(partial(), bytes);
}

describe("downloads", () => {
  test("bring every file, checked, with progress, and only once", async () => {
    await serve();
    const progress: DownloadProgress[] = [];
    const files = [
      fileA(),
      {
        name: "b.bin",
        url: `${server.url}/set/b.bin`,
        bytes: 10,
        checksum: { md5: md5(content.subarray(0, 10)) },
      },
    ];
    const options = { folder, onProgress: (each: DownloadProgress) => progress.push(each) };
    const got = await getDataset({ name: "set", files }, options);
    expect(got).toEqual(
      ["a.bin", "b.bin"].map((name) => ({ path: join(folder, "set", name), downloaded: true })),
    );
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
    const received = progress.filter(({ file }) => file === "a.bin").map((each) => each.received);
    expect(received.at(-1)).toBe(content.length);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(progress.every(({ total }) => total === content.length || total === 10)).toBe(true);
    expect(readdirSync(join(folder, "set")).sort()).toEqual(["a.bin", "b.bin"]);

    server.asked.length = 0;
    expect((await getDataset({ name: "set", files }, options)).map(({ downloaded }) => downloaded)).toEqual([
      false,
      false,
    ]);
    expect(server.asked).toEqual([]);
  });

  test("replace a file that is not the published one", async () => {
    await serve();
    leavePartial(content.subarray(0, 0));
    writeFileSync(path(), "something else");
    expect((await get(fileA()))[0]!.downloaded).toBe(true);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
  });

  test("go on from what an earlier try left", async () => {
    await serve();
    leavePartial(content.subarray(0, 123_456));
    const progress: DownloadProgress[] = [];
    await getDataset(
      { name: "set", files: [fileA()] },
      { folder, onProgress: (each) => progress.push(each) },
    );
    expect(server.asked).toEqual([{ url: "/set/a.bin", range: "bytes=123456-" }]);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
    expect(progress[0]!.received).toBeGreaterThan(123_456);
    expect(progress[0]!.total).toBe(content.length);
    expect(existsSync(partial())).toBe(false);
  });

  test("begin again where the server has no ranges", async () => {
    await serve({ noRanges: true });
    leavePartial(content.subarray(0, 1000));
    await get(fileA());
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
  });

  test("take a partial file that is whole already", async () => {
    await serve();
    leavePartial(content);
    await get(fileA());
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
  });

  test("break off with one sentence, and go on the next time", async () => {
    let faults = 1;
    await serve({
      fault: (_, response) => {
        if (faults-- <= 0) return false;
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 100_000));
        // What has come and has not been read goes with the connection.
        const whenOnDisk = setInterval(() => {
          if (!existsSync(partial()) || statSync(partial()).size < 100_000) return;
          clearInterval(whenOnDisk);
          response.destroy();
        }, 5);
        return true;
      },
    });
    await expect(get(fileA())).rejects.toThrow(
      failure(
        "download-failed",
        /a\.bin broke off after 100000 of 300000 bytes \(.+\); run the command again/,
      ),
    );
    expect(existsSync(path())).toBe(false);
    expect(readFileSync(partial())).toHaveLength(100_000);
    await get(fileA());
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, "bytes=100000-"]);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
  });

  test("give up a server that falls silent", async () => {
    await serve({
      fault: (_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 5));
        return true;
      },
    });
    const options = { url: `${server.url}/set/a.bin`, to: path(), idleMs: 5000 };
    await expect(downloadFile(fileA(), options)).rejects.toThrow(
      failure("download-failed", /broke off after 5 of 300000 bytes \(no answer for too long\)/),
    );
  });

  test("keep nothing of another checksum", async () => {
    await serve();
    const wrong = fileA({ checksum: { sha256: sha256(content.subarray(1)) } });
    await expect(get(wrong)).rejects.toThrow(
      failure(
        "wrong-checksum",
        /did not give a\.bin as it was published \(300000 bytes, sha256 [0-9a-f]{64}\)/,
      ),
    );
    expect(readdirSync(join(folder, "set"))).toEqual([]);
    leavePartial(Uint8Array.of(1, 2, 3));
    await expect(get(fileA())).rejects.toThrow(failure("wrong-checksum", /nothing was kept/));
    await get(fileA());
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
  });

  test("of the same file at a time do not disturb each other", async () => {
    // Each answer comes in two halves; the second waits until both have had the first.
    const halves: (() => void)[] = [];
    const half = content.length / 2;
    await serve({
      noRanges: true,
      fault: (_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, half), () => {
          halves.push(() => response.end(content.subarray(half)));
          if (halves.length === 2) setTimeout(() => halves[0]!(), 50);
        });
        return true;
      },
    });
    leavePartial(content.subarray(0, 1000));
    const first = get(fileA());
    const second = get(fileA());
    await Promise.race([first, second]);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
    halves[1]!();
    await Promise.all([first, second]);
    expect(readdirSync(join(folder, "set"))).toEqual(["a.bin"]);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
  });

  test("that go on end at the same place of the file, whoever writes it", async () => {
    await serve();
    leavePartial(content.subarray(0, 1000));
    await Promise.all([get(fileA()), get(fileA()), get(fileA())]);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
    expect(readdirSync(join(folder, "set"))).toEqual(["a.bin"]);
  });

  test("give up a server that sends more than the file has", async () => {
    let sent = 0;
    await serve({
      fault: (_, response) => {
        response.writeHead(200);
        const more = () => {
          sent += 100_000;
          if (!response.destroyed && sent < 50_000_000) response.write(content.subarray(0, 100_000), more);
        };
        more();
        return true;
      },
    });
    await expect(get(fileA())).rejects.toThrow(failure("wrong-checksum", /nothing was kept/));
    expect(sent).toBeLessThan(50_000_000);
    expect(readdirSync(join(folder, "set"))).toEqual([]);
  });

  test("say what the server said, or that there is none", async () => {
    await serve();
    await expect(get(fileA({ url: `${server.url}/set/gone.bin` }))).rejects.toThrow(
      failure("download-failed", /gone\.bin answered 404 Not Found/),
    );
    const closed = await serveFiles({});
    await closed.close();
    await expect(get(fileA({ url: `${closed.url}/a.bin` }))).rejects.toThrow(
      failure("download-failed", /could not be reached \(ECONNREFUSED\)/),
    );
    await expect(get(fileA({ url: null }))).rejects.toThrow(
      failure(
        "missing-file",
        /a\.bin of set cannot be downloaded; put a\.bin into .*set \(it has no address\), or .* --mirror/,
      ),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("say that the disk cannot be written", async () => {
    await serve();
    writeFileSync(join(folder, "set"), "a file where the folder should be");
    await expect(get(fileA())).rejects.toThrow(
      failure("write-failed", /a\.bin\.partial could not be written \(E/),
    );
    rmSync(join(folder, "set"));
    mkdirSync(partial(), { recursive: true });
    await expect(get(fileA())).rejects.toThrow(
      failure("write-failed", /a\.bin\.partial could not be written \(EISDIR/),
    );
  });

  test("say that the disk is full", async (context) => {
    if (!existsSync("/dev/full")) context.skip("there is no /dev/full, which is a disk that is full");
    await serve();
    mkdirSync(join(folder, "set"));
    symlinkSync("/dev/full", partial());
    await expect(get(fileA())).rejects.toThrow(
      failure("disk-full", /^The disk is full: .*a\.bin\.partial could not/),
    );
    expect(existsSync(path())).toBe(false);
  });

  test("take a file out of a zip archive, and check that file", async () => {
    const archive = zipSync({ "inner.txt": content, "other.txt": Uint8Array.of(1) });
    server = await serveFiles({ "/set.zip": archive, "/broken.zip": archive.subarray(0, 2000) });
    const file = fileA({ url: `${server.url}/set.zip`, member: "inner.txt" });
    await get(file);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
    expect(readdirSync(join(folder, "set"))).toEqual(["a.bin"]);
    rmSync(path());
    await expect(get({ ...file, member: "other.txt" })).rejects.toThrow(failure("wrong-checksum", /a\.bin/));
    await expect(get({ ...file, url: `${server.url}/broken.zip` })).rejects.toThrow(
      failure("wrong-checksum", /a\.bin/),
    );
    expect(readdirSync(join(folder, "set"))).toEqual([]);
  });

  test("come from a mirror where one is named", async () => {
    await serve();
    const files = [fileA({ url: null, member: "inner.txt" })];
    await getDataset({ name: "set", files }, { folder, mirror: `${server.url}/` });
    expect(server.asked.map(({ url }) => url)).toEqual(["/set/a.bin"]);
    expect(sha256(readFileSync(path()))).toBe(sha256(content));
  });
});
