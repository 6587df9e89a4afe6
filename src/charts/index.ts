export { escapeXml } from "./escape-xml.js";
export { type ChartSeries, lineChart } from "./line-chart.js";
