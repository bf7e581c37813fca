import { Bookmark } from "lucide-react";
import { useState } from "react";
import { Button, Checkbox, Dialog, Field, Input, Menu } from "../../ui";
import { useWords } from "../../words";
import { useProblemText } from "../toasts";
import { isShown, type Shown, useViewActs, useViews, type View } from "./data";
import { words } from "./words";

type Props = {
  page: View["page"];
  /** What is seen now. */
  shown: Shown;
  onShow: (view: Shown) => void;
};

/** The views that somebody saved of a list: chosen, saved, changed and deleted. */
export function SavedViews({ page, shown, onShow }: Props) {
  const say = useWords(words);
  const views = useViews(page);
  const acts = useViewActs(say);
  const [form, setForm] = useState<View | "new" | null>(null);
  const current = views.find((view) => isShown(view, shown));
  const [last, setLast] = useState<string | null>(null);
  // The view that was chosen last stays the one to change, whatever was filtered since.
  const chosen = views.find((view) => view.id === (current?.id ?? last));
  const entry = (view: View) => ({
    label: view.name,
    hint: view.own ? undefined : say.by(view.by),
    checked: view.id === current?.id,
    onSelect: () => {
      setLast(view.id);
      onShow({ filters: view.filters, columns: view.columns });
    },
  });
  const [own, others] = [views.filter((view) => view.own), views.filter((view) => !view.own)];
  return (
    <>
      <Menu
        trigger={<Button look="quiet" size="sm"><Bookmark /><span className={current ? "max-w-40 truncate" : "max-lg:sr-only"}>{current ? current.name : say.views}</span></Button>}
        items={[
          own.length > 0 && { heading: say.own },
          ...own.map(entry),
          others.length > 0 && { heading: say.shared },
          ...others.map(entry),
          views.length > 0 && "line",
          { label: say.save, onSelect: () => setForm("new") },
          chosen?.changeable && !current && { label: say.update(chosen.name), onSelect: () => acts.change.mutate({ view: chosen, change: shown }) },
          chosen?.changeable && { label: say.edit(chosen.name), onSelect: () => setForm(chosen) },
          chosen?.changeable && { label: say.remove(chosen.name), danger: true, onSelect: () => acts.remove(chosen) },
        ]}
      />
      {form && <Form key={form === "new" ? "new" : form.id} page={page} view={form === "new" ? null : form} shown={shown} acts={acts} onClose={() => setForm(null)} />}
    </>
  );
}

function Form({ page, view, shown, acts, onClose }: { page: View["page"]; view: View | null; shown: Shown; acts: ReturnType<typeof useViewActs>; onClose: () => void }) {
  const say = useWords(words);
  const problem = useProblemText();
  const [name, setName] = useState(view?.name ?? "");
  const [shared, share] = useState(view?.shared ?? false);
  const act = view ? acts.change : acts.save;
  const done = { onSuccess: onClose };
  const keep = () => {
    const named = { name: name.trim(), shared };
    if (view) acts.change.mutate({ view, change: named }, done);
    else acts.save.mutate({ page, ...named, ...shown }, done);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={view ? say.titleEdit : say.title}
      description={say.text}
      footer={
        <>
          <Button onClick={onClose}>{say.cancel}</Button>
          <Button look="primary" disabled={name.trim() === "" || act.isPending} onClick={keep}>{say.keep}</Button>
        </>
      }
    >
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); if (name.trim() !== "") keep(); }}>
        <Field label={say.name} error={act.error ? problem(act.error) : undefined}>
          <Input value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Checkbox checked={shared} onChange={(next) => share(next === true)} label={say.share} />
      </form>
    </Dialog>
  );
}
