import { autocompletion, closeBrackets, closeBracketsKeymap, type CompletionContext, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { useWords } from "../../../words";
import { type Finding, offsetOf } from "../data";
import { hintsAt, type Schema, tellAt } from "./schema";
import { editorWords } from "./words";

export type EditorProps = {
  text: string;
  /** Another number when the text was changed elsewhere; letters typed here come back late, and are not taken for that. */
  outside: number;
  onChange?: (text: string) => void;
  findings: readonly Finding[];
  schema: Schema | undefined;
  /** A line to go to; the object is new each time. */
  goTo: { line: number } | null;
};

/** Marks what was changed elsewhere, so that it is not told back. */
const Elsewhere = Annotation.define<boolean>();

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--surface)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "20px" },
  ".cm-content": { caretColor: "var(--accent)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--canvas)", color: "var(--faint)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--active)", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-line)" },
  ".cm-selectionMatch": { backgroundColor: "var(--accent-soft)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent-line)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--shadow-pop)", overflow: "hidden" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-sans)", maxHeight: "260px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 10px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--active)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "10px" },
  ".cm-completionInfo": { padding: "8px 12px", maxWidth: "320px" },
  ".cm-diagnostic": { padding: "8px 12px", borderLeftWidth: "3px", fontFamily: "var(--font-sans)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-panels": { backgroundColor: "var(--canvas)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panel input, .cm-panel button": { backgroundImage: "none", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "6px", color: "var(--ink)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--active)", border: "none", color: "var(--muted)", padding: "0 6px" },
});

const colours = syntaxHighlighting(HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: [tags.bool, tags.number, tags.keyword], color: "var(--info)" },
]));

export default function Editor({ text, outside, onChange, findings, schema, goTo }: EditorProps) {
  const say = useWords(editorWords);
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const now = useRef({ text, onChange, schema, say });
  const label = useRef(new Compartment());
  useEffect(() => {
    now.current = { text, onChange, schema, say };
  });

  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const complete = (context: CompletionContext) => {
      const { schema: known } = now.current;
      if (!known) return null;
      const hints = hintsAt(context.state.doc.toString(), context.pos, known);
      if (!hints || (!context.explicit && hints.from === context.pos && !/[\s[{,]/.test(context.state.sliceDoc(context.pos - 1, context.pos)))) return null;
      return { from: hints.from, options: hints.options.map((one) => ({ label: one.label, info: one.detail, apply: one.apply, type: one.kind === "key" ? "property" : "enum" })), validFor: /^[\w-]*$/ };
    };
    const hover = hoverTooltip((editor, pos) => {
      const { schema: known } = now.current;
      const told = known && tellAt(editor.state.doc.toString(), pos, known);
      if (!told) return null;
      return { pos, above: true, create: () => ({ dom: tooltip(told.key, told.text, told.values) }) };
    });
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: now.current.text,
        extensions: [
          lineNumbers(), foldGutter(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), search({ top: true }),
          yaml(), colours, theme, autocompletion({ override: [complete], icons: false }), hover,
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
          EditorState.readOnly.of(!now.current.onChange),
          EditorState.tabSize.of(2),
          EditorState.phrases.of(now.current.say.phrases),
          label.current.of(EditorView.contentAttributes.of({ "aria-label": now.current.say.label, tabindex: "0", lang: "en", spellcheck: "false" })),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(Elsewhere))) now.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);

  // The text changed elsewhere (undo, another version): only what differs is replaced, so that the cursor stays.
  useEffect(() => {
    const editor = view.current;
    const before = editor?.state.doc.toString();
    const { text } = now.current;
    if (!editor || before === undefined || before === text) return;
    let from = 0;
    while (from < before.length && before[from] === text[from]) from++;
    let back = 0;
    while (back < before.length - from && back < text.length - from && before[before.length - 1 - back] === text[text.length - 1 - back]) back++;
    editor.dispatch({ changes: { from, to: before.length - back, insert: text.slice(from, text.length - back) }, annotations: Elsewhere.of(true) });
  }, [outside]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const doc = editor.state.doc;
    const all = doc.toString();
    const marks = findings.map((finding): Diagnostic => {
      const from = Math.min(doc.length, offsetOf(all, finding.line, finding.column));
      const rest = /^[^\s,{}[\]]+/.exec(all.slice(from));
      return { from, to: Math.min(doc.length, from + (rest?.[0].length ?? 1)), severity: finding.severity, message: finding.mend ? `${finding.message}: ${finding.mend}` : finding.message };
    });
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [findings]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !goTo) return;
    const line = editor.state.doc.line(Math.min(goTo.line, editor.state.doc.lines));
    editor.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
    editor.focus();
  }, [goTo]);

  return <div ref={box} className="h-full min-h-0 overflow-hidden" />;
}

function tooltip(key: string, text: string, values: readonly string[]): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "max-w-sm px-3 py-2 font-sans text-sm";
  const head = dom.appendChild(document.createElement("div"));
  head.className = "font-mono font-semibold";
  head.textContent = key;
  dom.appendChild(document.createElement("div")).textContent = text;
  if (values.length) {
    const list = dom.appendChild(document.createElement("div"));
    list.className = "mt-1 text-muted";
    list.textContent = values.join(" · ");
  }
  return dom;
}
