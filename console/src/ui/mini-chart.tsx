import { useEffect, useMemo, useRef, useState } from "react";
import { shownLabels, ticks } from "./scale";

export type MiniSeries = { key: string; name: string; color: string };
type Props = {
  kind: "area" | "bar";
  data: readonly Record<string, string | number>[];
  x: string;
  /** Stacked, the first one lowest. */
  series: readonly MiniSeries[];
  height?: number;
  label: string;
  formatX: (value: string) => string;
  formatY: (value: number) => string;
  formatTip: (value: number) => string;
};

const LEFT = 64;
const BOTTOM = 22;
const TOP = 8;

/** The width of an element as it is laid out. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return { ref, width };
}

/** A stacked chart of few points without a library: what Today shows must be there at once. */
export function MiniChart({ kind, data, x, series, height = 180, label, formatX, formatY, formatTip }: Props) {
  const { ref, width } = useWidth();
  const [over, setOver] = useState<number | null>(null);
  const stacks = useMemo(() => data.map((row) => {
    let sum = 0;
    return series.map((one) => {
      const from = sum;
      sum += Number(row[one.key] ?? 0);
      return { from, to: sum };
    });
  }), [data, series]);
  const marks = ticks(Math.max(0, ...stacks.map((stack) => stack.at(-1)?.to ?? 0)));
  const most = marks.at(-1) || 1;
  const wide = Math.max(0, width - LEFT);
  const tall = height - BOTTOM - TOP;
  const y = (value: number) => TOP + tall - (value / most) * tall;
  const slot = wide / Math.max(1, data.length);
  const at = (index: number) => LEFT + (kind === "bar" ? slot * (index + 0.5) : data.length > 1 ? (wide * index) / (data.length - 1) : wide / 2);
  const bar = Math.min(28, slot * 0.6);
  const labels = shownLabels(data.length, Math.floor(wide / 56));
  const picked = over === null ? undefined : data[over];

  function point(event: React.PointerEvent) {
    const left = event.clientX - (ref.current?.getBoundingClientRect().left ?? 0) - LEFT;
    const index = kind === "bar" ? Math.floor(left / slot) : Math.round((left / Math.max(1, wide)) * (data.length - 1));
    setOver(index >= 0 && index < data.length ? index : null);
  }

  return (
    <figure aria-label={label} className="relative m-0">
      <div ref={ref} style={{ height }} onPointerMove={point} onPointerLeave={() => setOver(null)}>
        {width > 0 && (
          <svg aria-hidden width={width} height={height} className="block text-xs">
            {marks.map((mark) => (
              <g key={mark}>
                <path d={`M${LEFT} ${y(mark)}H${width}`} stroke="var(--line)" />
                <text x={LEFT - 8} y={y(mark) + 4} textAnchor="end" fill="var(--faint)">{formatY(mark)}</text>
              </g>
            ))}
            {over !== null && (kind === "bar" ? <rect x={at(over) - slot / 2} y={TOP} width={slot} height={tall} fill="var(--hover)" /> : <path d={`M${at(over)} ${TOP}v${tall}`} stroke="var(--line-strong)" />)}
            {kind === "bar"
              ? stacks.map((stack, index) => stack.map((part, level) => part.to > part.from && <rect key={`${index} ${level}`} x={at(index) - bar / 2} y={y(part.to)} width={bar} height={y(part.from) - y(part.to)} fill={series[level]?.color} />))
              : series.map((one, level) => {
                const line = stacks.map((stack, index) => `${at(index)} ${y(stack[level]?.to ?? 0)}`);
                const floor = stacks.map((stack, index) => `${at(index)} ${y(stack[level]?.from ?? 0)}`).reverse();
                return (
                  <g key={one.key}>
                    <path d={`M${[...line, ...floor].join("L")}Z`} fill={one.color} fillOpacity="0.14" />
                    <path d={`M${line.join("L")}`} fill="none" stroke={one.color} strokeWidth="2" strokeLinejoin="round" />
                  </g>
                );
              })}
            {data.map((row, index) => labels.has(index) && (
              <text key={index} x={at(index)} y={height - 5} textAnchor={kind === "area" && index === data.length - 1 ? "end" : kind === "area" && index === 0 ? "start" : "middle"} fill="var(--faint)">{formatX(String(row[x]))}</text>
            ))}
          </svg>
        )}
      </div>
      {picked && over !== null && (
        <div aria-hidden className="pointer-events-none absolute top-1 z-10 rounded-lg border border-line bg-raised px-3 py-2 text-sm shadow-pop" style={at(over) > width / 2 ? { right: width - at(over) + 14 } : { left: at(over) + 14 }}>
          <div className="text-muted">{formatX(String(picked[x]))}</div>
          {[...series].reverse().map((one) => <div key={one.key} className="flex items-center gap-2 whitespace-nowrap"><i className="size-2 rounded-sm" style={{ background: one.color }} /><span className="flex-1">{one.name}</span><span className="num">{formatTip(Number(picked[one.key] ?? 0))}</span></div>)}
        </div>
      )}
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        {[...series].reverse().map((one) => <span key={one.key} className="inline-flex items-center gap-1.5"><i className="size-2 rounded-sm" style={{ background: one.color }} />{one.name}</span>)}
      </figcaption>
      <table className="sr-only">
        <caption>{label}</caption>
        <thead><tr><th scope="col">{x}</th>{series.map((one) => <th key={one.key} scope="col">{one.name}</th>)}</tr></thead>
        <tbody>{data.map((row, index) => <tr key={index}><th scope="row">{formatX(String(row[x]))}</th>{series.map((one) => <td key={one.key}>{formatTip(Number(row[one.key] ?? 0))}</td>)}</tr>)}</tbody>
      </table>
    </figure>
  );
}
