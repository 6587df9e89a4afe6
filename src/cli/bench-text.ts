import { type BenchAggregate, type BenchRow, benchAggregate, type Measure } from "../training/index.js";
import { table } from "./table.js";

/** The table for people: returns, how sure they are, and whether they are enough. */
export function benchTable(rows: readonly BenchRow[], reference: string | null = null): string {
  const columns = columnsOf(rows, reference);
  const lines = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const whole = benchAggregate(rows);
  return [
    table(
      columns.map(({ name }) => name),
      lines,
    ),
    ...(whole === null ? [] : [aggregateText(whole)]),
  ].join("\n\n");
}

export function benchMarkdown(rows: readonly BenchRow[], reference: string | null = null): string {
  const columns = columnsOf(rows, reference);
  const line = (row: readonly (string | number)[]): string => `| ${row.join(" | ")} |`;
  const whole = benchAggregate(rows);
  return [
    line(columns.map(({ name }) => name)),
    line(columns.map(() => "---")),
    ...rows.map((row) => line(columns.map(({ cell }) => cell(row)))),
    ...(whole === null ? [] : ["", aggregateText(whole)]),
  ].join("\n");
}

interface Column {
  name: string;
  cell(row: BenchRow): string | number;
}

/** Targets and comparisons only where there are any. */
function columnsOf(rows: readonly BenchRow[], reference: string | null): Column[] {
  const targets: Column[] = [
    { name: "target", cell: ({ target }) => (target === null ? "-" : plain(target)) },
    {
      name: "reached",
      cell: ({ reached, seeds }) => (reached === null ? "-" : `${reached} of ${seeds.length}`),
    },
  ];
  const comparison: Column = {
    name: `P(above ${reference})`,
    cell: ({ improvement }) => (improvement === null ? "-" : measureText(improvement)),
  };
  return [
    { name: "", cell: ({ label }) => label },
    { name: "seeds", cell: ({ seeds }) => seeds.length },
    { name: "mean", cell: (row) => plain(row.mean) },
    { name: "IQM", cell: (row) => plain(row.interquartileMean) },
    {
      name: "95 % interval",
      cell: ({ interval }) => (interval === null ? "-" : `${plain(interval.low)} to ${plain(interval.high)}`),
    },
    { name: "min", cell: ({ min }) => plain(min) },
    { name: "max", cell: ({ max }) => plain(max) },
    ...(rows.some(({ target }) => target !== null) ? targets : []),
    ...(rows.some(({ improvement }) => improvement !== null) ? [comparison] : []),
    { name: "s per run", cell: ({ seconds }) => Number(seconds.toFixed(seconds < 10 ? 1 : 0)) },
    { name: "steps/s", cell: ({ stepsPerSecond }) => Math.round(stepsPerSecond).toLocaleString("en") },
  ];
}

function aggregateText(whole: BenchAggregate): string {
  const parts = [
    `IQM ${measureText(whole.interquartileMean)}`,
    `median of the tasks ${measureText(whole.median)}`,
    `mean ${measureText(whole.mean)}`,
    `optimality gap ${measureText(whole.optimalityGap)}`,
  ];
  return `Return / target over all ${whole.tasks} tasks (95 % intervals in brackets): ${parts.join(", ")}.`;
}

function measureText({ value, interval }: Measure): string {
  return interval === null
    ? `${plain(value)}`
    : `${plain(value)} (${plain(interval.low)} to ${plain(interval.high)})`;
}

function plain(value: number): number {
  return Number(value.toFixed(2));
}
