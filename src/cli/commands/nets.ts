import "../../envs/index.js";
import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { Generator, GymnasiumError, makeVec, nearestSpelling } from "gymnasium-js";
import {
  buildNet,
  netSpecSchema,
  type ParameterTable,
  parameterTable,
  summarizeModel,
  type ZooName,
  zoo,
} from "../../nets/index.js";
import { useEngine } from "../../tensors/index.js";
import { agentFor, agentNames, findPreset, LudusError, resolveConfig } from "../../training/index.js";
import { findEnv } from "../env-module.js";
import { modelSvg } from "../model-svg.js";
import { sharedOptions } from "../options.js";
import { table } from "../table.js";

interface NetsFlags {
  agent?: string;
  envModule?: string;
  json?: boolean;
  out?: string;
  full?: boolean;
}

export function netsCommand(): Command {
  return new Command("nets")
    .description(
      "Print the layers and sizes of a known net, the parameters of an environment's agent, or what nets there are.",
    )
    .argument(
      "[name]",
      "a net such as resnet18, or an environment whose agent's net to print, or a module of your own that brings one",
    )
    .addOption(
      new Option("--agent <name>", "whose; by default the best preset's, or dqn").choices(agentNames),
    )
    .option("-o, --out <file.svg>", "draw a known net into this file")
    .option("--full", "draw every layer and every block, also those that are alike")
    .addOption(sharedOptions.envModule())
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus nets\n  $ ludus nets resnet18 -o resnet18.svg\n  $ ludus nets MinAtar/Breakout-v1 --agent pqn\n  $ ludus nets ./my-env.ts",
    )
    .action(async (name: string | undefined, flags: NetsFlags) => {
      await useEngine("cpu");
      if (name !== undefined && isZooName(name)) return printModel(name, flags);
      if (flags.out !== undefined) {
        throw new LudusError(
          "invalid-value",
          `-o draws a known net, and ${name === undefined ? "none is named" : `"${name}" is none`}; there are ${Object.keys(zoo).join(", ")}.`,
        );
      }
      const meant = name ?? flags.envModule;
      if (meant === undefined) return printAll(flags);
      const net = await netMeant(meant, flags);
      printTables([net], flags);
      printDone(1, flags);
    });
}

function isZooName(name: string): name is ZooName {
  return Object.hasOwn(zoo, name);
}

async function netMeant(name: string, { agent, envModule }: NetsFlags): Promise<TitledTable> {
  try {
    const { env } = await findEnv(name, envModule);
    return netOf(env, agent);
  } catch (error) {
    const hint = nearestSpelling(name, Object.keys(zoo));
    if (!(error instanceof GymnasiumError && error.code === "unknown-env") || !hint) throw error;
    throw new LudusError(
      "invalid-value",
      `There is no net and no environment "${name}"; did you mean "${hint}"?`,
    );
  }
}

/** A net of the zoo, layer by layer; and its drawing. */
function printModel(name: ZooName, { json = false, out, full = false }: NetsFlags): void {
  const { about } = zoo[name];
  const spec = zoo[name].build();
  const { layers, parameters, multiplyAdds } = summarizeModel(spec);
  if (out !== undefined) writeFileSync(out, modelSvg(spec, { title: about, full }));
  const flops = 2 * multiplyAdds;
  if (json) {
    for (const layer of layers)
      process.stdout.write(`${JSON.stringify({ event: "layer", net: name, ...layer })}\n`);
    process.stdout.write(
      `${JSON.stringify({ event: "net", net: name, about, parameters, multiplyAdds, flops })}\n`,
    );
    printDone(layers.length, { json });
    return;
  }
  const cells = layers.map((layer) => [
    ...[layer.name, layer.type, layer.shape.map((extent) => extent ?? "?").join("x")],
    ...[layer.parameters, layer.multiplyAdds],
  ]);
  const header = ["layer", "type", "output shape", "parameters", "multiply-adds"];
  process.stdout.write(
    `${about}\n${table(header, [...cells, ["total", "", "", parameters, multiplyAdds]])}\n\n` +
      `For one row, or one step of a sequence: ${flops.toLocaleString("en")} floating-point operations, two for each multiply-add.\n`,
  );
  if (out !== undefined) process.stdout.write(`Drawn: ${out}\n`);
}

/** The agents' nets by their parameters, then the zoo by name. */
function printAll(flags: NetsFlags): void {
  const known = knownNets();
  printTables(known, flags);
  const rows = Object.entries(zoo).map(([net, { about, build }]) => {
    const { parameters, multiplyAdds } = summarizeModel(build());
    return { net, about, parameters, multiplyAdds };
  });
  if (flags.json) {
    for (const row of rows) process.stdout.write(`${JSON.stringify({ event: "net", ...row })}\n`);
  } else {
    const cells = rows.map(({ net, about, parameters, multiplyAdds }) => [
      net,
      parameters,
      multiplyAdds,
      about,
    ]);
    process.stdout.write(`${table(["net", "parameters", "multiply-adds", "what it is"], cells)}\n`);
  }
  printDone(known.length + rows.length, flags);
}

function printTables(nets: readonly TitledTable[], { json = false }: NetsFlags): void {
  for (const { title, rows, total } of nets) {
    if (json) {
      process.stdout.write(`${JSON.stringify({ event: "net", net: title, parameters: rows, total })}\n`);
      continue;
    }
    const cells = rows.map((row) => [row.name, row.shape.join("x"), row.parameters] as const);
    process.stdout.write(
      `${title}\n${table(["parameter", "shape", "values"], [...cells, ["total", "", total]])}\n\n`,
    );
  }
}

function printDone(count: number, { json = false }: NetsFlags): void {
  if (json) process.stdout.write(`${JSON.stringify({ event: "done", count })}\n`);
}

type TitledTable = ParameterTable & { title: string };

function knownNets(): TitledTable[] {
  const known = [
    { type: "mlp", about: "mlp, 4 inputs, 2 actions", inputShape: [4], outputs: 2 },
    {
      type: "minatar",
      about: "minatar (Young & Tian 2019), 10x10x4 inputs, 6 actions",
      inputShape: [10, 10, 4],
      outputs: 6,
    },
    {
      type: "nature",
      about: "nature (Mnih et al. 2015), 4 frames of 84x84, 4 actions",
      inputShape: [84, 84],
      stack: 4,
      outputs: 4,
    },
  ];
  return known.map(({ type, about, ...options }) => {
    const net = buildNet(netSpecSchema.parse({ type }), { ...options, rng: new Generator(0) });
    const parameters = parameterTable(net);
    net.dispose();
    return { title: about, ...parameters };
  });
}

function netOf(env: string, name: string | undefined): TitledTable {
  const config = resolveConfig(findPreset(env, name)?.config ?? {}, {
    env,
    ...(name === undefined ? {} : { agent: name }),
  });
  const envs = makeVec(env, { kwargs: config.envOptions });
  const agent = agentFor(envs, config, 0);
  const parameters = parameterTable({ parameters: new Map(Object.entries(agent.save().weights)) });
  agent.dispose();
  envs.close();
  return { title: `${env}, ${config.agent}`, ...parameters };
}
