#!/usr/bin/env node
import { runCli } from "./cli.js";
import { endHungUp } from "./interrupts.js";

process.exitCode = await runCli(process.argv.slice(2));
endHungUp();
