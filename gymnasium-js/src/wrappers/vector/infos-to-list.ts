import type { Info } from "../../env.js";
import { scatterInfos } from "../../vector/infos.js";
import type { VectorInfos } from "../../vector/vector-env.js";

/**
 * The infos of a vector step as one info per sub-environment, of what it has said itself. (In Gymnasium the wrapper
 * `DictInfoToList`; here a function, since `infos` of a vector environment keeps its type.)
 */
export function infosToList(infos: VectorInfos, numEnvs: number): Info[] {
  return scatterInfos(infos, numEnvs).map((info) => info ?? {});
}
