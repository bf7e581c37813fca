import { Command } from "cmdk";
import { useNavigate } from "@tanstack/react-router";
import { Keys } from "../ui";
import { useWords } from "../words";
import { PLACES, places } from "./nav";
import { shellWords } from "./shell-words";

export default function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void; onHelp: () => void }) {
  const say = useWords(shellWords);
  const names = useWords(places);
  const navigate = useNavigate();
  return (
    <Command.Dialog open={open} onOpenChange={onOpenChange} label={say.palette}>
      <Command.Input placeholder={say.searchOrGo} />
      <Command.List>
        {PLACES.map((place) => <Command.Item key={place.to} onSelect={() => { onOpenChange(false); void navigate({ to: place.to }); }}>{names[place.word]}<Keys text={`g ${place.key}`} /></Command.Item>)}
      </Command.List>
    </Command.Dialog>
  );
}
