import { concatenate, iterate } from "./concatenate.js";
import { known } from "./known-space.js";
import { jsonList } from "./nested.js";
import type { Space } from "./space.js";
import { rows } from "./tuple.js";

/**
 * Batches of `space`, each of any length, as JSON: of a Tuple and of a Dict member by member, as they write their own
 * elements; of others one list of elements per batch.
 *
 * Source: `gymnasium.spaces.Sequence.to_jsonable` where `stack` is set.
 */
export function batchesToJson(space: Space<unknown>, batches: readonly unknown[]): unknown {
  const feature = known(space);
  if (feature.type === "Tuple") {
    return feature.spaces.map((member, i) =>
      batchesToJson(
        member,
        batches.map((batch) => (batch as unknown[])[i]),
      ),
    );
  }
  if (feature.type === "Dict") {
    const column = (key: string) => batches.map((batch) => (batch as Record<string, unknown>)[key]);
    return Object.fromEntries(
      feature.keys.map((key) => [key, batchesToJson(feature.member(key), column(key))]),
    );
  }
  return batches.map((batch) => space.toJson(iterate(space, batch)));
}

/** The inverse of `batchesToJson`. @throws GymnasiumError `invalid-options` if `json` is not what that gives */
export function batchesFromJson(space: Space<unknown>, json: unknown): unknown[] {
  const feature = known(space);
  if (feature.type === "Tuple") {
    const lists = jsonList(json, "elements of a Sequence of Tuple");
    return rows(
      feature.spaces.map((member, i) => batchesFromJson(member, lists[i])),
      feature.type,
    );
  }
  if (feature.type === "Dict") {
    const members = (json ?? {}) as Record<string, unknown>;
    const columns = feature.keys.map((key) => batchesFromJson(feature.member(key), members[key]));
    return rows(columns, feature.type).map((row) => feature.record((_, i) => row[i]));
  }
  return jsonList(json, "elements of Sequence").map((items) => concatenate(space, space.fromJson(items)));
}
