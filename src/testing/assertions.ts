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
  if (at >= 0) requireSame(found[at], expected[at], `${where}, event ${at}`);
  if (found.length !== expected.length)
    throw new Error(`${where}: ${found.length} events, expected ${expected.length}.`);
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
