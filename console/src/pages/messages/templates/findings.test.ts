import { expect, test } from "vitest";
import type { Finding } from "./data";
import { shownFindings } from "./findings";

const finding = (line: number, message: string, mend: string, column = 1): Finding => ({ line, column, severity: "error", message, mend });

test("what fails on every made-up message stands once, at the line that fails", () => {
  const shown = shownFindings([
    finding(40, "on the sample `full`", "pt-BR/overdue.txt:54: syntax error: unexpected end"),
    finding(40, "on the sample `minimal`", "pt-BR/overdue.txt:54: syntax error: unexpected end"),
    finding(2, "the link is missing", "print `{{ link }}`"),
  ]);
  expect(shown.map(({ line, message }) => [line, message])).toEqual([[2, "the link is missing"], [54, "syntax error: unexpected end"]]);
});

test("where the line itself was found wrong, the messages need not say so", () => {
  const shown = shownFindings([
    finding(54, "`segment` is no name of a message", "templates/README.md lists them", 12),
    finding(40, "on the sample `full`", "pt-BR/overdue.txt:54: undefined value: `segment` is undefined"),
  ]);
  expect(shown).toHaveLength(1);
});

test("a finding without a place stays where it is", () => {
  expect(shownFindings([finding(7, "on the sample `full`", "too deep")])).toMatchObject([{ line: 7, message: "too deep" }]);
});
