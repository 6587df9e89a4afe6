export { escapeXml } from "./escape-xml.js";
export { type ChartOptions, type ChartPoint, type ChartSeries, lineChart } from "./line-chart.js";
