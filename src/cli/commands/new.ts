import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Argument, Command } from "commander";
import { registry } from "gymnasium-js";
import "../../envs/index.js";
import { LudusError } from "../../training/index.js";
import { envTemplate, testTemplate } from "../templates/env.js";
import { namesFrom } from "../templates/names.js";

interface NewFlags {
  dir: string;
  test?: boolean;
}

export function newCommand(): Command {
  return new Command("new")
    .description("Write a small, complete environment of your own to start from.")
    .addArgument(new Argument("<what>", "what to make").choices(["env"]))
    .argument("<name>", "its name, in any spelling: grid-walk, GridWalk, 'grid walk'")
    .option("--dir <folder>", "folder to write to", ".")
    .option("--test", "write a test for vitest beside it")
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus new env grid-walk\n  $ ludus new env GridWalk --dir envs --test",
    )
    .action((_what: string, name: string, { dir, test = false }: NewFlags) => {
      const names = namesFrom(name);
      const own = [...registry.values()].find(
        ({ namespace, name }) => namespace === null && name === names.type,
      );
      if (own !== undefined) {
        throw new LudusError(
          "invalid-value",
          `${own.id} is one of Ludus's own environments; choose another name.`,
        );
      }
      const files = {
        [`${names.file}.ts`]: envTemplate(names),
        ...(test ? { [`${names.file}.test.ts`]: testTemplate(names) } : {}),
      };
      const taken = Object.keys(files).find((file) => existsSync(join(dir, file)));
      if (taken !== undefined) {
        throw new LudusError(
          "invalid-value",
          `${resolve(dir, taken)} is there already and is left as it is; choose another name, or another folder with --dir.`,
        );
      }
      mkdirSync(dir, { recursive: true });
      for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text, { flag: "wx" });
      const path = `./${join(relative(process.cwd(), resolve(dir)), `${names.file}.ts`)}`;
      process.stdout.write(
        [
          ...Object.keys(files).map((file) => `wrote ${join(dir, file)}`),
          "",
          "Next:",
          `  ludus check-env ${path}`,
          `  ludus train ${path} --steps 5000`,
          "  ludus watch last --terminal",
          "",
        ].join("\n"),
      );
    });
}
