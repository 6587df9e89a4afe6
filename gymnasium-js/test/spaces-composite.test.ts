import { describe, expect, test } from "vitest";
import { box, dict, discrete, graph, oneOf, type Space, sequence, text, tuple } from "../src/spaces/index.js";
import { errorOf } from "./tiny-envs.js";

const floats = box({ low: -1, high: 1, shape: [2] });

describe("composite spaces", () => {
  const pair = tuple([discrete(1000), discrete(1000)]);
  const named = dict({ b: discrete(5), a: text({ maxLength: 2 }) });

  test("give members of an unseeded space different generators", () => {
    const [first, second] = pair.sample();
    expect(first).not.toBe(second);
  });

  test("leave members that were seeded before as they are", () => {
    const member = discrete(1000);
    member.seed(7);
    const expected = member.sample();
    const fresh = discrete(1000);
    fresh.seed(7);
    expect(tuple([discrete(2), fresh]).sample()[1]).toBe(expected);
  });

  test("take nested seeds, and say what is wrong with others", () => {
    expect(tuple([pair, discrete(2)]).seed([[1, 2], 3])).toEqual([[1, 2], 3]);
    expect(errorOf(() => pair.seed([1])).message).toBe(
      "Tuple got the seed [1]; give a number or 2 seeds, for instance seed(0).",
    );
    expect(errorOf(() => named.seed({ a: 1 })).code).toBe("invalid-seed");
    expect(errorOf(() => discrete(2).seed([1])).code).toBe("invalid-seed");
    expect(errorOf(() => discrete(2).seed(-1)).code).toBe("invalid-seed");
    expect(errorOf(() => oneOf([pair]).seed([1])).code).toBe("invalid-seed");
    expect(errorOf(() => sequence(pair).seed([1])).code).toBe("invalid-seed");
    expect(errorOf(() => graph(pair).seed([1])).code).toBe("invalid-seed");
  });

  test("know their elements", () => {
    expect([pair.contains([1, 2]), pair.contains([1]), pair.contains([1, -1]), pair.contains("12")]).toEqual([
      ...[true, false, false, false],
    ]);
    expect(named.contains({ a: "x", b: 1 })).toBe(true);
    for (const other of [{ a: "x" }, { a: "x", b: 1, c: 2 }, { a: "x", c: 1 }, [], null]) {
      expect(named.contains(other)).toBe(false);
    }
    const either = oneOf([discrete(2), floats]);
    expect(either.contains([0, 1])).toBe(true);
    for (const other of [[2, 0], [0.5, 0], ["0", 0], [1, 1], [0], null])
      expect(either.contains(other)).toBe(false);
  });

  test("sort the keys of objects by code points, as Python does", () => {
    const members = { "🙂": discrete(2), ａ: discrete(2), ab: discrete(2), a: discrete(2) };
    expect(dict(members).keys).toEqual(["a", "ab", "ａ", "🙂"]);
  });

  test("sort the keys of objects, not of pairs", () => {
    expect(named.keys).toEqual(["a", "b"]);
    expect(Object.keys(named.sample())).toEqual(["a", "b"]);
    expect(dict({ b: discrete(2), a: discrete(2) }, { sortKeys: false }).keys).toEqual(["b", "a"]);
    expect(dict([["b", discrete(2)] as const, ["a", discrete(2)] as const]).keys).toEqual(["b", "a"]);
  });

  test("refuse what is no space, and keys that come twice", () => {
    expect(errorOf(() => tuple([3 as unknown as Space<unknown>])).message).toBe(
      "Tuple: member 0 is 3, expected a space such as discrete(2).",
    );
    expect(errorOf(() => oneOf([])).code).toBe("invalid-space");
    const twice = [["a", discrete(2)] as const, ["a", discrete(3)] as const];
    expect(errorOf(() => dict(twice)).message).toBe(
      'Dict: the key "a" is there twice, expected unique keys.',
    );
  });

  test("hand masks to their members", () => {
    expect(tuple([discrete(3), floats]).sample({ mask: [[0, 0, 1], null] })[0]).toBe(2);
    expect(named.sample({ mask: { a: [2, null], b: [0, 0, 0, 0, 1] } })).toMatchObject({ b: 4 });
    expect(errorOf(() => named.sample({ mask: { a: null } })).code).toBe("invalid-options");
    expect(errorOf(() => pair.sample({ mask: [null] })).code).toBe("invalid-options");
    expect(oneOf([discrete(3)]).sample({ probability: [[0, 1, 0]] })).toEqual([0, 1]);
    expect(sequence(discrete(3)).sample({ mask: [2, [0, 1, 0]] })).toEqual([1, 1]);
    expect(errorOf(() => sequence(discrete(3)).sample({ mask: [-1, null] })).code).toBe("invalid-options");
  });

  test("refuse JSON of other spaces", () => {
    expect(errorOf(() => named.fromJson([])).message).toBe(
      "Elements of Dict as JSON must be an object with the keys a, b.",
    );
    expect(errorOf(() => pair.fromJson([[1, 2], [1]])).message).toMatch(/have 2, 1 entries per member/);
    expect(errorOf(() => oneOf([pair]).fromJson([[3, 1]])).message).toBe(
      "OneOf has no member 3, expected 0 to 0.",
    );
  });
});

describe("Graph and stacked Sequence", () => {
  const space = graph(floats, discrete(3));

  test("graphs have their nodes, edges and links in flat arrays", () => {
    space.seed(1);
    const { nodes, edges, edgeLinks } = space.sample({ numNodes: 4, numEdges: 3 });
    expect([nodes.length, edges?.length, edgeLinks?.length]).toEqual([8, 3, 6]);
    expect(space.sample({ numNodes: 1 })).toMatchObject({ edges: null, edgeLinks: null });
    expect(errorOf(() => space.sample({ numNodes: 0 })).code).toBe("invalid-options");
    const masked = space.sample({
      numNodes: 2,
      numEdges: 2,
      mask: [
        null,
        [
          [1, 0, 0],
          [0, 0, 1],
        ],
      ],
    });
    expect([...(masked.edges ?? [])]).toEqual([0, 2]);
  });

  test("graphs of Tuples and Dicts are written per member, as Gymnasium writes them, and read again", () => {
    const space = graph(tuple([floats, discrete(3)]), dict({ n: discrete(5) }));
    const element: ReturnType<typeof space.sample> = {
      nodes: [Float32Array.of(0, 1, 0.5, -1), Int32Array.of(2, 0)],
      edges: { n: Int32Array.of(4) },
      edgeLinks: Int32Array.of(0, 1),
    };
    const rows = [
      [0, 1],
      [0.5, -1],
    ];
    const json = [{ nodes: [[rows], [[2, 0]]], edges: { n: [[4]] }, edge_links: [[0, 1]] }];
    expect(space.toJson([element])).toEqual(json);
    expect(space.fromJson(json)).toEqual([element]);
  });

  test("graphs know their elements", () => {
    const nodes = new Float32Array(4);
    const edges = Int32Array.of(2);
    expect(space.contains({ nodes, edges, edgeLinks: Int32Array.of(0, 1) })).toBe(true);
    expect(space.contains({ nodes, edges: null, edgeLinks: null })).toBe(true);
    for (const other of [
      { nodes, edges, edgeLinks: Int32Array.of(0, 2) },
      { nodes, edges, edgeLinks: Int32Array.of(0) },
      { nodes, edges, edgeLinks: Float32Array.of(0, 1) },
      { nodes, edges: Int32Array.of(3), edgeLinks: Int32Array.of(0, 1) },
      { nodes, edges, edgeLinks: null },
      { nodes: new Float32Array(3), edges: null, edgeLinks: null },
      { nodes: Float32Array.of(2, 2), edges: null, edgeLinks: null },
      { nodes: undefined },
      null,
    ]) {
      expect(space.contains(other)).toBe(false);
    }
    expect(graph(floats).contains({ nodes, edges, edgeLinks: Int32Array.of(0, 1) })).toBe(false);
  });

  test("a stacked sequence is one array, which must be whole", () => {
    const stacked = sequence(floats, { stack: true });
    expect(stacked.contains(new Float32Array(4))).toBe(true);
    expect([new Float32Array(3), Float32Array.of(0, 2), 3, null].map((x) => stacked.contains(x))).toEqual([
      ...[false, false, false, false],
    ]);
  });

  test("a stacked sequence of Dicts or Tuples survives JSON as a choice of OneOf, too", () => {
    const space = oneOf([
      sequence(dict({ n: discrete(5) }), { stack: true }),
      sequence(tuple([floats]), { stack: true }),
    ]);
    const elements = [
      [0, { n: Int32Array.of(4, 0) }],
      [1, [Float32Array.of(0, 1, 0.5, -1)]],
    ] as ReturnType<typeof space.sample>[];
    expect(space.fromJson(JSON.parse(JSON.stringify(space.toJson(elements))))).toEqual(elements);
  });

  test("stacked sequences of Dicts and Tuples are written per member, and read again", () => {
    const space = sequence(dict({ n: discrete(5), at: tuple([floats, discrete(2)]) }), { stack: true });
    const n = [Int32Array.of(4, 0), Int32Array.of(3)];
    const places = [Float32Array.of(0, 1, 0.5, -1), Float32Array.of(-1, -1)];
    const sides = [Int32Array.of(1, 0), Int32Array.of(1)];
    const elements = [0, 1].map((i) => ({ at: [places[i]!, sides[i]!], n: n[i]! })) as unknown as ReturnType<
      typeof space.sample
    >[];
    const json = {
      n: [[4, 0], [3]],
      at: [
        [
          [
            [0, 1],
            [0.5, -1],
          ],
          [[-1, -1]],
        ],
        [[1, 0], [1]],
      ],
    };
    expect(space.toJson(elements)).toEqual(json);
    expect(space.fromJson(json)).toEqual(elements);
  });
});
