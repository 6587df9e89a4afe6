import type { TestFunction } from "ludus/testing";

/** A runner that keeps what it is told: for each part whether it passed, was skipped, or what was thrown. */
export function run(register: (test: TestFunction) => void): Record<string, string> {
  const results: Record<string, string> = {};
  register((name, body) => {
    results[name] = "passed";
    const skip = (reason?: string) => {
      results[name] = `skipped: ${reason}`;
    };
    try {
      body({ skip });
    } catch (error) {
      results[name] = (error as Error).message;
    }
  });
  return results;
}

export function failuresOf(results: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(results).filter(([, result]) => result !== "passed"));
}

/** `object` with some of its members replaced. */
export function withMembers<T extends object>(object: T, change: (object: T) => Partial<T>): T {
  const members = change(object);
  return new Proxy(object, {
    get(target, key) {
      if (key in members) return members[key as keyof T];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
