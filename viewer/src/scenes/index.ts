import "../../../src/envs/index.js";
import { make, RulesEnv } from "gymnasium-js";
import { findArena, registerAllArenas } from "../../../src/multiagent/index.js";
import type { Stage } from "../../../src/viewer/protocol.js";
import { AcrobotScene } from "./acrobot.js";
import { arenaSceneFor } from "./arenas/index.js";
import { BlackjackScene } from "./blackjack.js";
import { CartPoleScene } from "./cart-pole.js";
import { CliffScene } from "./cliff.js";
import { GridworldScene } from "./gridworld/scene.js";
import { GuardedScene } from "./guarded.js";
import { LakeScene } from "./lake.js";
import { MinatarScene } from "./minatar.js";
import { MountainCarScene } from "./mountain-car.js";
import { PendulumScene } from "./pendulum.js";
import { PictureScene } from "./picture.js";
import type { Rules, Scene } from "./scene.js";
import { TaxiScene } from "./taxi.js";

// What is loaded for its effect alone, bundlers leave out.
registerAllArenas();

/** Makes the scene of an environment, given its id. */
type MakeScene = (rules: Rules, env: string) => Scene;

/** By how an environment's id begins; of several the first one. What is not here is shown as its picture. */
const scenes: readonly (readonly [prefix: string, make: MakeScene])[] = [
  ["MinAtar/", (rules, env) => new MinatarScene(rules, env)],
  // A pixel of the console is wider than high: its picture fills a television's 4 to 3.
  ["Ludus/Breakout", (rules) => new PictureScene(rules, 7 / 4)],
  ["Ludus/", (rules) => new GridworldScene(rules)],
  ["FrozenLake", (rules) => new LakeScene(rules)],
  ["CliffWalking", () => new CliffScene()],
  ["Taxi-", () => new TaxiScene()],
  ["Blackjack-", () => new BlackjackScene()],
  ["CartPole-", () => new CartPoleScene()],
  ["MountainCar-", () => new MountainCarScene(0.5)],
  ["MountainCarContinuous-", () => new MountainCarScene(0.45)],
  ["Acrobot-", () => new AcrobotScene()],
  ["Pendulum-", () => new PendulumScene()],
];

const pictureOf: MakeScene = (rules) => new PictureScene(rules);

/** What a scene depends on. */
type Played = Pick<Stage, "env" | "envOptions" | "hasState">;

/** How an environment is drawn. */
export function sceneFor(stage: Played): Scene {
  const rules = stage.hasState ? rulesOf(stage) : null;
  if (rules === null) return new PictureScene(null);
  const [, makeScene] = scenes.find(([prefix]) => stage.env.startsWith(prefix)) ?? ["", pictureOf];
  return new GuardedScene(arenaSceneFor(stage) ?? (() => makeScene(rules, stage.env)), rules);
}

function rulesOf({ env, envOptions }: Played): Rules | null {
  // Nobody plays here, and who sits on the other seats of an arena may be known on the server alone.
  const { others: _, ...options } = envOptions;
  const { unwrapped } = make(env, findArena(env) === null ? envOptions : options);
  return unwrapped instanceof RulesEnv ? unwrapped.rules : null;
}
