import { type ReactNode, useId } from "react";
import { Area, AreaChart, Bar, BarChart, CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

// Import this file lazily (`lazy(() => import("../../ui/chart"))`): recharts is a hundred kilobytes that few pages need.

export type Series = { key: string; name: string; color?: string; stack?: string; dashed?: boolean };
export type ChartProps = {
  kind: "area" | "bar" | "line";
  data: readonly Record<string, string | number | null>[];
  /** The member of a datum on the x axis. */
  x: string;
  series: readonly Series[];
  height?: number;
  /** Says in words what the picture shows, for whoever does not see it. */
  label: string;
  formatX?: (value: string) => string;
  formatY?: (value: number) => string;
  formatTip?: (value: number) => string;
  empty?: ReactNode;
  /** Bars lying, with the names at the left. */
  lying?: boolean;
};

const COLORS = ["var(--chart-1)", "var(--chart-2)", "var(--chart-3)", "var(--chart-4)", "var(--chart-5)", "var(--chart-6)"];
const TICK = { fill: "var(--faint)", fontSize: 12 };

export default function Chart({ kind, data, x, series, height = 220, label, formatX, formatY, formatTip, empty, lying }: ChartProps) {
  const base = useId().replace(/[^\w]/g, "");
  if (data.length === 0 && empty) return <>{empty}</>;
  const color = (at: number) => series[at]?.color ?? COLORS[at % COLORS.length];
  const tip = formatTip ?? formatY ?? String;
  const common = [
    <CartesianGrid key="grid" stroke="var(--line)" vertical={Boolean(lying)} horizontal={!lying} />,
    lying
      ? <XAxis key="x" type="number" tick={TICK} tickLine={false} axisLine={false} tickFormatter={(value: number) => formatY?.(value) ?? String(value)} />
      : <XAxis key="x" dataKey={x} tick={TICK} tickLine={false} axisLine={{ stroke: "var(--line)" }} minTickGap={24} tickFormatter={(value: string) => formatX?.(value) ?? value} />,
    lying
      ? <YAxis key="y" type="category" dataKey={x} width={140} tick={TICK} tickLine={false} axisLine={false} tickFormatter={(value: string) => formatX?.(value) ?? value} />
      : <YAxis key="y" width={64} tick={TICK} tickLine={false} axisLine={false} tickFormatter={(value: number) => formatY?.(value) ?? String(value)} />,
    <Tooltip
      key="tip"
      cursor={{ fill: "var(--hover)", stroke: "var(--line-strong)" }}
      isAnimationActive={false}
      contentStyle={{ background: "var(--raised)", border: "1px solid var(--line)", borderRadius: 8, boxShadow: "var(--shadow-pop)", fontSize: 13, padding: "8px 12px" }}
      labelStyle={{ color: "var(--muted)" }}
      itemStyle={{ color: "var(--ink)", padding: 0 }}
      labelFormatter={(value) => formatX?.(String(value)) ?? String(value)}
      formatter={(value, name) => [tip(Number(value)), name]}
    />,
  ];
  const margin = { top: 8, right: 8, bottom: 0, left: 0 };
  const rows = [...data];
  const chart = kind === "area" ? (
    <AreaChart data={rows} accessibilityLayer={false} margin={margin}>
      <defs>
        {series.map((one, at) => (
          <linearGradient key={one.key} id={`${base}${one.key}`} x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" stopColor={color(at)} stopOpacity={0.22} />
            <stop offset="1" stopColor={color(at)} stopOpacity={0.02} />
          </linearGradient>
        ))}
      </defs>
      {common}
      {series.map((one, at) => <Area key={one.key} dataKey={one.key} name={one.name} stackId={one.stack} stroke={color(at)} strokeWidth={2} strokeDasharray={one.dashed ? "4 4" : undefined} fill={`url(#${base}${one.key})`} isAnimationActive={false} />)}
    </AreaChart>
  ) : kind === "line" ? (
    <LineChart data={rows} accessibilityLayer={false} margin={margin}>
      {common}
      {series.map((one, at) => <Line key={one.key} dataKey={one.key} name={one.name} stroke={color(at)} strokeWidth={2} strokeDasharray={one.dashed ? "4 4" : undefined} dot={false} isAnimationActive={false} />)}
    </LineChart>
  ) : (
    <BarChart data={rows} accessibilityLayer={false} margin={margin} layout={lying ? "vertical" : "horizontal"} barCategoryGap="24%">
      {common}
      {series.map((one, at) => <Bar key={one.key} dataKey={one.key} name={one.name} stackId={one.stack} fill={color(at)} radius={one.stack ? 0 : 3} maxBarSize={36} isAnimationActive={false} />)}
    </BarChart>
  );
  return (
    <figure aria-label={label} className="relative m-0">
      <div aria-hidden><ResponsiveContainer width="100%" height={height}>{chart}</ResponsiveContainer></div>
      {/* The same numbers for whoever does not see the picture. */}
      <table className="sr-only">
        <caption>{label}</caption>
        <thead><tr><th scope="col">{x}</th>{series.map((one) => <th key={one.key} scope="col">{one.name}</th>)}</tr></thead>
        <tbody>
          {rows.slice(0, 60).map((row, at) => (
            <tr key={at}><th scope="row">{formatX?.(String(row[x])) ?? String(row[x])}</th>{series.map((one) => <td key={one.key}>{row[one.key] === null ? "–" : tip(Number(row[one.key]))}</td>)}</tr>
          ))}
        </tbody>
      </table>
      {series.length > 1 && (
        <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
          {series.map((one, at) => <span key={one.key} className="inline-flex items-center gap-1.5"><i className="size-2 rounded-sm" style={{ background: color(at) }} />{one.name}</span>)}
        </figcaption>
      )}
    </figure>
  );
}
