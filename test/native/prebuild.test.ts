import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const addon = join(root, "native/build/ludus.node");
const platform = `${process.platform}-${process.arch}`;
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

let built: SpawnSyncReturns<string>;
beforeAll(() => {
  built = run(root, process.execPath, ["scripts/ensure.mjs", "--build-only"], 300_000);
}, 310_000);

test("the package for this platform gives Ludus its native engine without a compiler", (context) => {
  expect(built.status, built.stderr).toBe(0);
  if (!existsSync(addon)) {
    // A compiler that fails is no reason to skip.
    expect(built.stderr).toMatch(/no C\+\+ compiler|CXX is|on Windows/);
    return context.skip(built.stderr.trim());
  }

  const laidOut = run(root, process.execPath, ["scripts/prebuild.mjs"]);
  expect(laidOut.status, laidOut.stderr).toBe(0);
  const prebuilt = laidOut.stdout.trim();
  expect(prebuilt).toBe(join(root, "native/prebuilt", platform));
  const manifest = JSON.parse(readFileSync(join(prebuilt, "package.json"), "utf8"));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(manifest).toMatchObject({
    ...{ name: `ludus-native-${platform}`, version, license: "MIT" },
    ...{ os: [process.platform], cpu: [process.arch] },
  });

  const folder = mkdtempSync(join(tmpdir(), "ludus-prebuild-"));
  try {
    const packing = ["pack", "--ignore-scripts", "--pack-destination", folder];
    const packed = run(root, npm, [...packing, root, join(root, "gymnasium-js"), prebuilt]);
    expect(packed.status, packed.stderr).toBe(0);
    const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    expect(tarballs).toHaveLength(3);

    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const quick = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=1"];
    const installed = run(folder, npm, ["install", ...quick, ...tarballs.map((name) => `./${name}`)]);
    if (installed.status !== 0 && noRegistry(installed))
      return context.skip("no npm registry can be reached");
    expect(installed.status, installed.stderr).toBe(0);
    expect(existsSync(join(folder, "node_modules/ludus/native/src/addon.cpp"))).toBe(true);
    expect(existsSync(join(folder, "node_modules/ludus/native/build/ludus.node"))).toBe(false);

    const doctor = run(folder, process.execPath, ["node_modules/ludus/dist/cli/main.js", "doctor", "--json"]);
    expect(doctor.status, doctor.stderr).toBe(0);
    const events = doctor.stdout.trim().split("\n");
    const native = events.map((line) => JSON.parse(line)).find(({ name }) => name === "native");
    expect(native).toMatchObject({ event: "engine", available: true, missing: null });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Runs a command to its end, as if there were no compiler and no addon elsewhere. */
function run(
  cwd: string,
  command: string,
  args: readonly string[],
  timeout = 120_000,
): SpawnSyncReturns<string> {
  const { LUDUS_NATIVE: _, ...env } = process.env;
  return spawnSync(command, args, {
    ...{ cwd, encoding: "utf8", timeout, shell: command.endsWith(".cmd") },
    env: cwd === root ? env : { ...env, CXX: "/bin/false" },
  });
}

function noRegistry({ stderr, signal }: SpawnSyncReturns<string>): boolean {
  return (
    signal !== null ||
    /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|SOCKET_TIMEOUT|ENOTCACHED|EPIPE|EPROTO|ERR_SSL|[Pp]remature close|npm error network|code E(?:40[13]|429|5\d\d)\b/.test(
      stderr,
    )
  );
}
