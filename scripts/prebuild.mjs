// Lays out the compiled native engine as a package of its own, native/prebuilt/<platform>-<arch>/, ready for
// `npm publish`: whoever installs it beside Ludus needs no compiler. Prints the folder.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNative } from "./build-native.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { platform, arch } = process;
const name = `ludus-native-${platform}-${arch}`;

const result = await buildNative({ announce: (line) => process.stderr.write(`${line}\n`) });
if ("missing" in result) {
  process.stderr.write(`${result.missing}\n`);
  process.exit(1);
}
const { version, license, author, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = join(root, "native", "prebuilt", `${platform}-${arch}`);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
copyFileSync(result.file, join(folder, "ludus.node"));
copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
const manifest = {
  name,
  version,
  description: `The native engine of Ludus, compiled for ${platform}-${arch}.`,
  license,
  author,
  main: "ludus.node",
  files: ["ludus.node"],
  engines,
  os: [platform],
  cpu: [arch],
  ...libc(),
  // A shared library cannot be loaded out of an archive.
  preferUnplugged: true,
};
writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(
  join(folder, "README.md"),
  `# ${name}

The native engine of [Ludus](https://www.npmjs.com/package/ludus) ${version}, compiled for ${platform}-${arch}. Ludus finds
it by itself where it could not compile the engine when it was installed; \`npx ludus doctor\` says what it takes.

MIT licence.
`,
);
process.stdout.write(`${folder}\n`);

/** glibc and musl are two platforms to npm, too. */
function libc() {
  if (platform !== "linux") return {};
  const { header } = process.report.getReport();
  return { libc: [header.glibcVersionRuntime ? "glibc" : "musl"] };
}
