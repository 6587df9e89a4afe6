import { GymnasiumError, nearestSpelling } from "gymnasium-js";

/** What `make` passes on to an environment; anything may stand in it, so each value is checked as it is read. */
export type Kwargs = Readonly<Record<string, unknown>>;

/** Throws `invalid-options` if `kwargs` has a key that the environment does not know. */
export function rejectUnknown(envId: string, kwargs: Kwargs, known: readonly string[]): void {
  for (const key of Object.keys(kwargs)) {
    if (known.includes(key)) continue;
    const nearest = nearestSpelling(key, known);
    const advice = nearest === null ? "" : `did you mean '${nearest}'? `;
    const all = known.length === 0 ? "no keywords" : known.join(", ");
    throw invalid(`${envId} has no keyword '${key}'; ${advice}It takes ${all}.`);
  }
}

export function flag(kwargs: Kwargs, name: string, fallback: boolean): boolean {
  const value = kwargs[name] ?? fallback;
  if (typeof value !== "boolean") throw invalid(`${name} is ${show(value)}; give true or false.`);
  return value;
}

export function probability(kwargs: Kwargs, name: string, fallback: number): number {
  const value = kwargs[name] ?? fallback;
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
    throw invalid(`${name} is ${show(value)}; give a probability, from 0 to 1.`);
  }
  return value;
}

export function invalid(sentence: string): GymnasiumError {
  return new GymnasiumError("invalid-options", sentence);
}

export function show(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}
