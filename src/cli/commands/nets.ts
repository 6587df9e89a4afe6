import "../../envs/index.js";
import { Command, Option } from "commander";
import { Generator, makeVec } from "gymnasium-js";
import { buildNet, netSpecSchema, type ParameterTable, parameterTable } from "../../nets/index.js";
import { useEngine } from "../../tensors/index.js";
import { agentFor, agentNames, findPreset, resolveConfig } from "../../training/index.js";
import { findEnv } from "../env-module.js";
import { sharedOptions } from "../options.js";
import { table } from "../table.js";

interface NetsFlags {
  agent?: string;
  envModule?: string;
  json?: boolean;
}

export function netsCommand(): Command {
  return new Command("nets")
    .description(
      "Print the parameters of nets: of one environment's agent, or of each known net at the size it is known for.",
    )
    .argument("[env]", "environment whose agent's net to print, or a module of your own that brings one")
    .addOption(
      new Option("--agent <name>", "whose; by default the best preset's, or dqn").choices(agentNames),
    )
    .addOption(sharedOptions.envModule())
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus nets\n  $ ludus nets MinAtar/Breakout-v1 --agent pqn\n  $ ludus nets ./my-env.ts",
    )
    .action(async (name: string | undefined, { agent, envModule, json = false }: NetsFlags) => {
      await useEngine("cpu");
      const meant = name ?? envModule;
      const nets = meant === undefined ? knownNets() : [netOf((await findEnv(meant, envModule)).env, agent)];
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
      if (json) process.stdout.write(`${JSON.stringify({ event: "done", count: nets.length })}\n`);
    });
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
