import { invalid, type Kwargs } from "../../kwargs.js";
import { wholeNumber } from "../options.js";

/** An odd whole number of at least `least`: walls stand on the even rows and columns. */
export function oddNumber(options: object, name: string, fallback: number, least: number): number {
  const value = wholeNumber(options as Kwargs, name, fallback, least);
  if (value % 2 === 0) throw invalid(`${name} is ${value}; give an odd number.`);
  return value;
}
