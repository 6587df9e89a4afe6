// Runs command lines one after the other in one process: for each line of stdin, `{ folder, args }`, a line of stdout,
// `{ code, stdout, stderr }`.
import { createInterface } from "node:readline";
import { runCli } from "../../dist/cli/cli.js";

const answer = process.stdout.write.bind(process.stdout);
const said = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) {
  process[name].write = (text, ...rest) => {
    said[name] += text;
    rest.find((each) => typeof each === "function")?.();
    return true;
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { folder, args } = JSON.parse(line);
  process.chdir(folder);
  said.stdout = "";
  said.stderr = "";
  const code = await runCli(args);
  answer(`${JSON.stringify({ code, ...said })}\n`);
}
