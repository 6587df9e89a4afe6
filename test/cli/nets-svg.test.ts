import { describe, expect, test } from "vitest";
import { layeredLayout } from "../../src/cli/layered-layout.js";
import { diagramOf } from "../../src/cli/model-diagram.js";
import { modelSvg } from "../../src/cli/model-svg.js";
import { zoo } from "../../src/nets/index.js";

const box = (id: string) => ({ id, width: 100, height: 40 });

test("a long edge goes past the boxes between its ends", () => {
  const edges = [
    { source: "a", target: "b" },
    { source: "b", target: "c" },
    { source: "a", target: "c" },
  ];
  const { places, paths } = layeredLayout(["a", "b", "c"].map(box), edges, { across: 20, down: 30 });
  expect(["a", "b", "c"].map((id) => places.get(id)!.y)).toEqual([0, 70, 140]);
  const lane = Number(/ ([\d.]+) 70V110/.exec(paths[2]!)![1]);
  expect(Math.abs(lane - places.get("b")!.x)).toBeGreaterThanOrEqual(50);
});

describe("resnet18", () => {
  const spec = zoo.resnet18.build();

  test("shows blocks that are alike once", () => {
    const { frames } = diagramOf(spec, false);
    expect(frames.find(({ scope }) => scope === "stage1.block1")!.more).toEqual(["stage1.block2"]);
    expect(frames.find(({ scope }) => scope === "stage2.block1")!.more).toEqual([]);
  });

  test("shows every layer on request", () => {
    const { units } = diagramOf(spec, true);
    expect(units.filter(({ kind }) => kind === "layer").map(({ id }) => id)).toEqual(
      spec.nodes.map(({ name }) => name),
    );
  });

  test("keeps the parameters of what is folded", () => {
    const first = diagramOf(spec, false).units.find(({ id }) => id === "stem.conv")!;
    expect([first.folded, first.parameters]).toEqual([["batchNorm", "relu"], 7 * 7 * 3 * 64 + 2 * 64]);
  });
});

test.each(Object.entries(zoo))("%s is drawn with numbers only", (_, { build, about }) => {
  const svg = modelSvg(build(), { title: about });
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/<rect class="box/g)!.length).toBeGreaterThan(2);
});
