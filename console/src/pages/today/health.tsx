import { Link } from "@tanstack/react-router";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { Button, Card } from "../../ui";
import { useWords } from "../../words";
import { useDoctor } from "./data";
import { words } from "./words";

/** What the doctor found that is not right; nothing when all works. */
export function Health() {
  const say = useWords(words);
  const { data } = useDoctor();
  const found = data?.items.filter((one) => one.state !== "works") ?? [];
  if (found.length === 0) return null;
  return (
    <Card title={say.health} actions={<Button asChild size="sm" look="quiet"><Link to="/settings" search={{ part: "health" }}>{say.healthAll}</Link></Button>}>
      <ul className="flex flex-col gap-3">
        {found.slice(0, 4).map((one, at) => (
          <li key={at} className="flex gap-2.5">
            {one.state === "wrong" ? <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" /> : <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" />}
            <div lang="en" className="min-w-0">
              <p className="break-words"><span className="font-medium">{one.what}</span>: {one.found}</p>
              {one.mend && <p className="text-sm break-words text-muted">{one.mend}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
