import { GymnasiumError, sameData } from "gymnasium-js";

/** Plain data in few words, for messages. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) => {
    if (ArrayBuffer.isView(member)) return [...(member as unknown as Iterable<unknown>)].map(String);
    return typeof member === "bigint" ? String(member) : member;
  });
  return text === undefined ? String(value) : text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

/** @param where says at which moment, at the start of a sentence */
export function requireSame(found: unknown, expected: unknown, where: string): void {
  if (!sameData(found, expected))
    throw new Error(`${where}: found ${show(found)}, expected ${show(expected)}.`);
}

/** @param events two plays; says at which event they part */
export function requireSamePlay(
  found: readonly unknown[],
  expected: readonly unknown[],
  where: string,
): void {
  const at = expected.findIndex((event, i) => !sameData(event, found[i]));
  if (at >= 0) {
    const difference = firstDifference(found[at], expected[at]);
    throw new Error(
      `${where}, event ${at}: found ${show(found[at])}, expected ${show(expected[at])}; ${difference}.`,
    );
  }
  if (found.length !== expected.length)
    throw new Error(`${where}: ${found.length} events, expected ${expected.length}.`);
}

/** Where two pieces of plain data first differ, and how: `observation[2] is 0.5 instead of 1`. Empty if nowhere. */
export function firstDifference(found: unknown, expected: unknown, path = ""): string {
  if (sameData(found, expected)) return "";
  const areLists = isList(found) && isList(expected) && found.length === expected.length;
  const keys = areLists ? Object.keys(found) : sharedKeys(found, expected);
  for (const key of keys) {
    const inner = areLists ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const difference = firstDifference(
      (found as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
      inner,
    );
    if (difference !== "") return difference;
  }
  return `${path === "" ? "it" : path} is ${show(found)} instead of ${show(expected)}`;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Keys of both of two plain objects; none where a member is something else. */
function sharedKeys(found: unknown, expected: unknown): string[] {
  if (typeof found !== "object" || typeof expected !== "object" || found === null || expected === null)
    return [];
  if (isList(found) || isList(expected)) return [];
  return Object.keys(found).filter((key) => key in expected);
}

/** @param action must throw a GymnasiumError with this code */
export function requireRefusal(action: () => unknown, code: GymnasiumError["code"], what: string): void {
  try {
    action();
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === code) return;
    throw new Error(`${what} threw ${String(error)}, expected a GymnasiumError with the code "${code}".`);
  }
  throw new Error(`${what} was let through, expected a GymnasiumError with the code "${code}".`);
}

/** @param action must throw an Error whose `code` is one of these */
export function requireCode(action: () => unknown, codes: readonly string[], what: string): void {
  const expected = `expected an error with the code ${codes.map((code) => `"${code}"`).join(" or ")}`;
  try {
    action();
  } catch (error) {
    if (error instanceof Error && "code" in error && codes.includes(String(error.code))) return;
    throw new Error(`${what} threw ${String(error)}, ${expected}.`);
  }
  throw new Error(`${what} was let through, ${expected}.`);
}
