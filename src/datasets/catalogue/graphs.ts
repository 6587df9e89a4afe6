import { parseGraph, parseNodeSplits } from "../formats/cora.js";
import { type CatalogueEntry, type LoadedGraph, reader } from "./entry.js";

/** Machine-learning papers that cite each other. Its JSON was converted from Planetoid's pickles, and has no address. */
export const cora: CatalogueEntry<LoadedGraph> = {
  name: "cora",
  title: "2,708 papers by 1,433 words and 5,278 citations, 7 classes",
  split: "official (Planetoid's public split): 140 train, 500 validation, 1,000 test nodes",
  licence: "MIT (kimiyoung/planetoid); nothing is stated of the data by LINQS",
  citation:
    "Z. Yang, W. Cohen, R. Salakhutdinov: Revisiting semi-supervised learning with graph embeddings, 2016",
  origin:
    "JSON made of Planetoid's files data/ind.cora.* in github.com/kimiyoung/planetoid, whose pickles Ludus does not read",
  files: [
    {
      name: "cora.json.gz",
      url: null,
      bytes: 93_450,
      checksum: { sha256: "03a447339e1232ec3c7ddd9cb80116301aa9783413fcee02d5903324329663e4" },
    },
    {
      name: "split.public.json",
      url: null,
      bytes: 7_479,
      checksum: { sha256: "b27dbdbafb2ced2b0ad81df05bb4078879427904dba14488ccbd3d8cbbd67678" },
    },
  ],
  load: ({ folder } = {}) => {
    const read = reader(cora, folder);
    const graph = parseGraph(read("cora.json.gz"), "cora.json.gz");
    const splits = parseNodeSplits(read("split.public.json"), "split.public.json", graph.nodes);
    return { kind: "graph", graph, splits };
  },
};
