import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError, Option } from "commander";
import { rootFolder } from "../root-folder.js";
import { LudusError } from "../training/index.js";
import { isLoopback } from "../viewer/server/security.js";
import { serveViewer, type ViewerServer } from "../viewer/server/viewer-server.js";
import type { Show } from "../viewer/show.js";
import { ExitWith } from "./exit.js";
import { onInterrupt } from "./interrupts.js";
import { folderLibrary } from "./viewing/library.js";

export interface ServeOptions {
  host: string;
  port: number;
  /** Opens the browser, too. */
  open?: boolean | undefined;
  /** Folder of the runs that pages may lay over each other; none by default. */
  runs?: string | undefined;
}

/** Options of all commands that serve the viewer; each call makes a fresh one. */
export const viewerOptions = {
  port: () =>
    new Option("--port <n>", "port of the viewer; 0 for any that is free").argParser(portNumber).default(0),
  host: () =>
    new Option(
      "--host <address>",
      "interface of the viewer; whoever can reach it needs the token of the printed address",
    ).default("127.0.0.1"),
  watch: () =>
    new Option("--watch [port]", "show the training live in the browser").argParser(portNumber).preset("0"),
  open: () => new Option("--open", "open the browser, too"),
};

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("expected a port from 0 to 65535.");
}

/** Where the build puts the page. */
function pageFolder(): string {
  const folder = fileURLToPath(new URL("dist/viewer/page", rootFolder));
  if (existsSync(`${folder}/index.html`)) return folder;
  throw new LudusError("no-page", "The viewer's page is not built; `npm run prepare` builds it.");
}

/** Serves a show, says where, and opens the browser where that is wanted. */
export async function startViewer(show: Show, options: ServeOptions): Promise<ViewerServer> {
  const { host, port, open, runs } = options;
  const library = runs === undefined ? null : folderLibrary(runs, () => show.hello().run);
  try {
    const server = await serveViewer({ show, library, page: pageFolder(), host, port });
    process.stderr.write(`Watch it at ${server.address}\n`);
    if (!isLoopback(host)) {
      process.stderr.write(
        `The viewer can be reached from other machines at ${host}; only who has the token in that address gets in.\n`,
      );
    }
    if (open === true) openBrowser(server.address);
    return server;
  } catch (error) {
    show.close();
    throw listenError(error, host, port);
  }
}

/** Serves until Ctrl+C. @throws ExitWith as an interrupted command ends */
export async function serveUntilInterrupted(show: Show, options: ServeOptions): Promise<never> {
  // Before anybody is told of the server: whoever is may end it at once.
  const { signal, exitCode, release } = onInterrupt(() => {});
  try {
    const server = await startViewer(show, options);
    process.stderr.write("Ctrl+C ends it.\n");
    if (!signal.aborted) await once(signal, "abort");
    await server.close();
  } finally {
    release();
  }
  throw new ExitWith(exitCode());
}

function listenError(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new LudusError(
        "port-in-use",
        `Port ${port} on ${host} is in use; choose another with --port, or leave it out for any that is free.`,
      );
    case "EACCES":
      return new LudusError(
        "port-in-use",
        `Port ${port} may not be used by this user; choose one above 1023.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new LudusError("invalid-value", `This machine has no address ${host} to listen on.`);
    default:
      return error;
  }
}

/** The printed address does as well where there is no browser to open. */
function openBrowser(address: string): void {
  const command = { darwin: "open", win32: "explorer" }[process.platform as string] ?? "xdg-open";
  spawn(command, [address], { stdio: "ignore", detached: true })
    .on("error", () => process.stderr.write(`There is no ${command} here to open a browser with.\n`))
    .unref();
}
