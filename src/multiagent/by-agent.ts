import type { ByAgent } from "./arena.js";

export function byAgent<Value>(agents: readonly string[], make: (agent: string) => Value): ByAgent<Value> {
  return Object.fromEntries(agents.map((agent) => [agent, make(agent)]));
}

export function mapByAgent<From, To>(
  values: ByAgent<From>,
  change: (value: From, agent: string) => To,
): ByAgent<To> {
  return Object.fromEntries(Object.entries(values).map(([agent, value]) => [agent, change(value, agent)]));
}
