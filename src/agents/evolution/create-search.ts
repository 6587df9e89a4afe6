import { parseConfig } from "../config.js";
import type { SearchAlgorithm, SearchStart } from "./algorithm.js";
import { CrossEntropyMethod } from "./cem.js";
import { SeparableCmaEs } from "./cma-es.js";
import { type SearchAlgorithmConfigInput, searchAlgorithmSchema } from "./config.js";
import { EvolutionStrategies } from "./evolution-strategies.js";
import { GeneticAlgorithm } from "./genetic-algorithm.js";

/**
 * Makes a search on parameter vectors.
 *
 * @throws {AgentError} `invalid-config`
 *
 * @example
 * const search = createSearch({ name: "cem" }, { initial: () => new Float32Array(3), seed: 1 });
 * const { size } = search.ask();
 * search.tell(new Float64Array(size));
 */
export function createSearch(config: SearchAlgorithmConfigInput, start: SearchStart): SearchAlgorithm {
  const parsed = parseConfig("search", searchAlgorithmSchema, config);
  switch (parsed.name) {
    case "ga":
      return new GeneticAlgorithm(parsed, start);
    case "cem":
      return new CrossEntropyMethod(parsed, start);
    case "es":
      return new EvolutionStrategies(parsed, start);
    case "cma-es":
      return new SeparableCmaEs(parsed, start);
    default:
      throw new Error(`There is no search ${JSON.stringify(parsed satisfies never)}.`);
  }
}
