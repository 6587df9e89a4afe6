import type { PolicyReport, Spread } from "../training/index.js";
import { table } from "./table.js";

const widestBar = 32;
const histogramBins = 8;

/** What `ludus eval` says of a policy beside its mean, in lines of at most 80 columns. */
export function policyText(report: PolicyReport): string {
  const { returns, returnSpread, interquartileMean, lengthSpread } = report;
  return [
    `returns  ${spreadText(returnSpread)}, interquartile mean ${plain(interquartileMean)}`,
    ...histogram(returns),
    `lengths  ${spreadText(lengthSpread)}`,
    ...actionLines(report),
    ...calibrationLines(report),
  ].join("\n");
}

function spreadText({ min, lowerQuartile, median, upperQuartile, max }: Spread): string {
  return `${plain(min)} to ${plain(max)}, quartiles ${plain(lowerQuartile)}, ${plain(median)}, ${plain(upperQuartile)}`;
}

/** A number in as few digits as say it. */
function plain(value: number): string {
  return String(Number(value.toFixed(2)));
}

function histogram(values: readonly number[]): string[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return [];
  const whole = values.every(Number.isInteger);
  const width = whole ? Math.ceil((high - low + 1) / histogramBins) : (high - low) / histogramBins;
  const count = whole ? Math.ceil((high - low + 1) / width) : histogramBins;
  const counts = new Array<number>(count).fill(0);
  for (const value of values) counts[Math.min(count - 1, Math.floor((value - low) / width))]!++;
  const most = Math.max(...counts);
  const rows = counts.map((number, bin) => {
    const from = low + bin * width;
    const to = whole ? from + width - 1 : from + width;
    const range = whole && width === 1 ? plain(from) : `${plain(from)} to ${plain(to)}`;
    return ["", range, "█".repeat(Math.ceil((number / most) * widestBar)), String(number)];
  });
  const widths = [1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(
    ([, range, bar, number]) => `  ${range!.padStart(widths[0]!)}  ${bar!.padEnd(widths[1]!)}  ${number}`,
  );
}

function actionLines({ actions, actionEntropy }: PolicyReport): string[] {
  if (actions === null) return [];
  const widest = Math.max(...actions.map(({ name }) => name.length));
  return [
    `actions  entropy ${plain(actionEntropy!)} of ${plain(Math.log2(actions.length))} bits`,
    ...actions.map(({ name, share }) => {
      const bar = "█".repeat(Math.round(share * widestBar)).padEnd(widestBar);
      return `  ${name.padEnd(widest)}  ${bar}  ${(100 * share).toFixed(1).padStart(5)} %`;
    }),
  ];
}

function calibrationLines({ calibration }: PolicyReport): string[] {
  if (calibration === null) return ["Q-values  this agent has none, or no step to compare them with"];
  const { steps, bias, rmse, correlation, bins } = calibration;
  const sign = bias < 0 ? "" : "+";
  const figures = `bias ${sign}${bias.toFixed(3)}, RMSE ${rmse.toFixed(3)}, correlation ${correlation === null ? "-" : correlation.toFixed(3)}`;
  const rows = bins.map(({ steps: count, predicted, realised }) => [
    "",
    predicted.toFixed(3).padStart(9),
    realised.toFixed(3).padStart(8),
    count,
  ]);
  return [
    `Q-values  against the discounted return that followed, ${steps.toLocaleString("en")} steps:`,
    `  ${figures}`,
    table(["", "predicted", "realised", "steps"], rows),
  ];
}
