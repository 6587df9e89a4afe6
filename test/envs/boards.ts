/** Letters for the channels of a MinAtar observation, the one to be seen first in front. */
export type Legend = readonly (readonly [letter: string, channel: number])[];

/** A `[10, 10, channels]` observation as ten lines, `.` where no channel of the legend is set. */
export function board(observation: Uint8Array, legend: Legend): string {
  const channels = observation.length / 100;
  const letterAt = (cell: number) =>
    legend.find(([, channel]) => observation[cell * channels + channel] === 1)?.[0] ?? ".";
  return Array.from({ length: 10 }, (_, row) =>
    Array.from({ length: 10 }, (_, column) => letterAt(row * 10 + column)).join(""),
  ).join("\n");
}

/** Boards drawn side by side, with a line of titles above: the boards by title. */
export function sideBySide(picture: string): Map<string, string> {
  const [titles = "", ...rows] = picture
    .replace(/^\n/, "")
    .split("\n")
    .map((line) => line.trim());
  const names = titles.split(/\s{2,}/);
  const cells = rows.filter((row) => row !== "").map((row) => row.split(/\s+/));
  return new Map(names.map((name, index) => [name, cells.map((row) => row[index]).join("\n")]));
}
