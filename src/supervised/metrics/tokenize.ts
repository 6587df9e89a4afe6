/** Punctuation and symbols of ASCII, but for the apostrophe, the comma, the dash and the full stop. */
const symbol = /([{-~[-` -&(-+:-@/])/gu;

/**
 * Splits a line into tokens as NIST's mteval-v13a does, which is sacreBLEU's default "13a": symbols stand alone, a
 * full stop and a comma too unless they are between digits, and a dash that follows a digit. It keeps the case.
 *
 * Source: sacreBLEU 2.6.0, tokenizer_13a.py and tokenizer_re.py (Post 2018, https://aclanthology.org/W18-6319)
 *
 * @example
 * tokenize13a("It costs 1,000.50, no?"); // ["It", "costs", "1,000.50", ",", "no", "?"]
 */
export function tokenize13a(line: string): string[] {
  const plain = line
    .trimEnd()
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  return ` ${plain} `
    .replace(symbol, " $1 ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/gu, "$1 $2 ")
    .split(/\s+/u)
    .filter((token) => token !== "");
}
