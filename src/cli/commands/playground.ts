import { Command } from "commander";
import { noShow } from "../../viewer/server/no-show.js";
import { type ServeOptions, serveUntilInterrupted, viewerOptions } from "../serve.js";

export function playgroundCommand(): Command {
  return new Command("playground")
    .description("Watch small nets learn in the browser: choose data, features, layers and all the rest.")
    .addOption(viewerOptions.port())
    .addOption(viewerOptions.host())
    .addOption(viewerOptions.open())
    .addHelpText("after", "\nExample:\n  $ ludus playground\n  $ ludus playground --port 8080 --open")
    .action(({ host, port, open }: ServeOptions) => serveUntilInterrupted(noShow, { host, port, open }));
}
