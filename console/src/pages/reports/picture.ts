/**
 * A chart drawn once more on a canvas, to be kept as a PNG. Not the SVG of the page: turning that into a picture needs an image
 * from a `blob:` address, which the console's Content-Security-Policy refuses.
 */
import { saveAs } from "../../api/client";

export type Bars = { title: string; note: string; series: readonly { name: string; color: string }[]; rows: readonly { label: string; values: readonly number[]; text: string }[] };

const WIDTH = 1200;
const HEIGHT = 675;
const FONT = '"Inter Variable", Inter, system-ui, sans-serif';

function paint(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name.replace(/^var\(|\)$/g, "")).trim() || "#444";
}

/** Standing bars, stacked when there are several series, with the whole written over each. */
export function savePicture(bars: Bars, name: string): void {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * 2;
  canvas.height = HEIGHT * 2;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(2, 2);
  pen.fillStyle = paint("--surface");
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  const write = (text: string, x: number, y: number, size: number, color: string, weight = 400, align: CanvasTextAlign = "left", most?: number) => {
    pen.font = `${weight} ${size}px ${FONT}`;
    pen.fillStyle = paint(color);
    pen.textAlign = align;
    pen.fillText(text, x, y, most);
  };
  write(bars.title, 48, 64, 26, "--ink", 600);
  write(bars.note, 48, 94, 16, "--muted");
  const base = HEIGHT - 92;
  const tall = base - 160;
  const most = Math.max(1, ...bars.rows.map((row) => row.values.reduce((sum, one) => sum + one, 0)));
  const step = (WIDTH - 96) / Math.max(1, bars.rows.length);
  const wide = Math.min(96, step * 0.6);
  bars.rows.forEach((row, at) => {
    const middle = 48 + step * (at + 0.5);
    let top = base;
    row.values.forEach((value, of) => {
      const high = (value / most) * tall;
      pen.fillStyle = paint(bars.series[of]?.color ?? "--chart-1");
      pen.fillRect(middle - wide / 2, top - high, wide, high);
      top -= high;
    });
    write(row.text, middle, top - 10, 14, "--ink", 600, "center", step - 8);
    write(row.label, middle, base + 24, 14, "--muted", 400, "center", step - 8);
  });
  pen.fillStyle = paint("--line-strong");
  pen.fillRect(48, base, WIDTH - 96, 1);
  if (bars.series.length > 1) {
    let x = 48;
    for (const one of bars.series) {
      pen.fillStyle = paint(one.color);
      pen.fillRect(x, HEIGHT - 40, 12, 12);
      write(one.name, x + 20, HEIGHT - 29, 14, "--muted");
      x += 48 + pen.measureText(one.name).width;
    }
  }
  canvas.toBlob((blob) => blob && saveAs(blob, name), "image/png");
}
