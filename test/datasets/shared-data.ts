import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The folder of shared data sets, or null (with a printed reason) where it is not there. */
export function sharedData(): string | null {
  const folder = resolve(process.env["LUDUS_SHARED"] ?? "../shared", "data");
  if (existsSync(folder)) return folder;
  console.log(
    `data sets: not checked, because ${folder} is not there (set LUDUS_SHARED to the folder that holds data/)`,
  );
  return null;
}
