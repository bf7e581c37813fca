import { Download, Image } from "lucide-react";
import { saveAs } from "../../api/client";
import { Button } from "../../ui";
import { useLanguage, useWords } from "../../words";
import { type Cell, dialects, line } from "../receivables/export";
import { type Bars, savePicture } from "./picture";
import { words } from "./words";

/** The numbers as a file that a spreadsheet reads, and the chart as a picture. */
export function Exports({ name, head, rows, picture }: { name: string; head: readonly string[]; rows: readonly Cell[][]; picture?: () => Bars }) {
  const say = useWords(words);
  const { lang } = useLanguage();
  const csv = () => {
    const parts = [`\ufeff${line([...head], dialects[lang])}`, ...rows.map((row) => line(row, dialects[lang]))];
    saveAs(new Blob(parts, { type: "text/csv;charset=utf-8" }), `${name}.csv`);
  };
  return (
    <>
      <Button size="sm" title={say.exportCsv} disabled={rows.length === 0} onClick={csv}><Download />{say.csv}</Button>
      {picture && <Button size="sm" title={say.exportPng} disabled={rows.length === 0} onClick={() => savePicture(picture(), `${name}.png`)}><Image />{say.png}</Button>}
    </>
  );
}
