import { cpus, totalmem } from "node:os";
import { Command } from "commander";
import { engineReport, type NativeReport, nativeReport, useEngine } from "../../tensors/index.js";
import { ludusVersion } from "../../training/index.js";
import { sharedOptions } from "../options.js";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Say which engines work here, what is missing, and how to get it.")
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus doctor")
    .action(async ({ json = false }: { json?: boolean }) => {
      const engines = await engineReport();
      const { name: automatic } = await useEngine("auto");
      const native = await nativeReport();
      const machine = {
        ludus: ludusVersion,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        cpu: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
      };
      if (json) {
        for (const engine of engines)
          process.stdout.write(`${JSON.stringify({ event: "engine", ...engine })}\n`);
        process.stdout.write(`${JSON.stringify({ event: "done", automatic, native, ...machine })}\n`);
        return;
      }
      const lines = [
        `Ludus ${machine.ludus} on Node ${machine.node} (${machine.platform}), ${machine.cpu}, ${machine.memoryGiB} GiB`,
        "",
        ...engines.map(
          (engine) =>
            `${engine.available ? "✓" : "✗"} ${engine.name.padEnd(9)} ${engine.description}${engine.missing === null ? "" : `\n            ${engine.missing}`}`,
        ),
        "",
        ...(native === null ? [] : [aboutNative(native), ""]),
        `--engine auto takes ${automatic}.`,
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
    });
}

/** Which instructions the native engine uses, how fast the processor does them, and what memory it keeps. */
function aboutNative({ instructionSet, threads, peakGflops, pool }: NativeReport): string {
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  const workers = threads === 1 ? "1 thread" : `${threads} threads`;
  return [
    `native: ${instructionSet} instructions (LUDUS_ISA), ${workers} (LUDUS_THREADS), ${Math.round(peakGflops)} GFLOP/s measured on one core;`,
    `        its memory pool keeps at most ${megabytes(pool.limit)} MiB for new tensors, ${megabytes(pool.bytes)} MiB of it now.`,
  ].join("\n");
}
