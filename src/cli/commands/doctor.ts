import { cpus, totalmem } from "node:os";
import { Command } from "commander";
import { engineReport, useEngine } from "../../tensors/index.js";
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
        process.stdout.write(`${JSON.stringify({ event: "done", automatic, ...machine })}\n`);
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
        `--engine auto takes ${automatic}.`,
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
    });
}
