import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Button } from "../ui/button";
import { Empty, Failed } from "../ui/states";
import { bilingual, useWords } from "../words";

const words = bilingual({
  pt: { title: "Esta página não existe", text: "O endereço pode ter mudado, ou o item foi removido.", home: "Ir para Hoje" },
  en: { title: "There is no such page", text: "The address may have changed, or the thing is gone.", home: "Go to Today" },
});

export function NotFound() {
  const say = useWords(words);
  return (
    <Empty icon={<Compass />} title={say.title} action={<Button asChild><Link to="/">{say.home}</Link></Button>} className="min-h-[70vh]">
      {say.text}
    </Empty>
  );
}

export function Crash({ error }: { error: unknown }) {
  return <Failed error={error} retry={() => location.reload()} className="min-h-[70vh]" />;
}
