import "../../../src/envs/index.js";
import { type EnvRules, make, RulesEnv } from "gymnasium-js";
import type { Stage } from "../../../src/viewer/protocol.js";
import { CartPoleScene } from "./cart-pole.js";
import { MinatarScene } from "./minatar.js";
import { PictureScene } from "./picture.js";
import type { Scene } from "./scene.js";

/** How an environment is drawn. */
export function sceneFor(stage: Stage): Scene {
  const rules = stage.hasState ? rulesOf(stage) : null;
  if (rules === null) return new PictureScene(null);
  if (stage.env.startsWith("MinAtar/")) return new MinatarScene(rules, stage.env);
  if (stage.env.startsWith("CartPole-")) return new CartPoleScene();
  return new PictureScene(rules);
}

function rulesOf({ env, envOptions }: Stage): EnvRules<unknown, unknown, unknown> | null {
  const { unwrapped } = make(env, envOptions);
  return unwrapped instanceof RulesEnv ? unwrapped.rules : null;
}
