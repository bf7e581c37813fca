import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus, Tags } from "lucide-react";
import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { keys } from "../../api/keys";
import { useAct } from "../../app/act";
import { useMay } from "../../app/session";
import { Badge, Button, Card, Confirm, Empty, Failed, Menu, SkeletonRows } from "../../ui";
import { common, useWords } from "../../words";
import { BrandForm } from "./brand-form";
import { brandsWords } from "./brands-words";

export type Brand = Schemas["Brand"];

export default function Brands() {
  const say = useWords(brandsWords);
  const words = useWords(common);
  const may = useMay();
  const { data, isPending, error, refetch } = useQuery({ queryKey: keys.brands, queryFn: () => answer(api.GET("/v1/brands", { params: { query: { limit: 200 } } })) });
  const [form, setForm] = useState<Brand | "new" | null>(null);
  const [ending, setEnding] = useState<Brand | null>(null);
  const stale = [keys.brands];
  const choose = useAct({ run: (brand: string | null) => answer(api.PUT("/v1/default-brand", { body: { brand } })), stale, done: say.madeDefault });
  const remove = useAct({ run: (brand: string) => answer(api.DELETE("/v1/brands/{brand}", { params: { path: { brand } } })), stale, done: say.removed });
  if (isPending) return <SkeletonRows />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  const act = may("settings:act");
  const add = act && <Button size="sm" look="primary" onClick={() => setForm("new")}><Plus />{say.add}</Button>;
  return (
    <Card flush title={data.items.length > 0 ? say.counted(data.items.length) : undefined} actions={data.items.length > 0 && add}>
      {data.items.length === 0 ? <Empty icon={<Tags />} title={say.empty} action={add}>{say.emptyText}</Empty> : (
        <ul className="border-t border-line">
          {data.items.map((brand) => (
            <li key={brand.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0">
              <span aria-hidden className="size-8 rounded-md border border-line" style={{ background: brand.colour ?? "var(--active)" }} />
              <div className="min-w-52 flex-1">
                <div className="flex items-center gap-2"><span className="font-medium">{brand.name}</span><code className="font-mono text-xs text-muted">{brand.key}</code>{brand.default && <Badge tone="accent">{say.isDefault}</Badge>}</div>
                <div className="text-sm text-muted">{brand.tax_id}</div>
              </div>
              <div className="text-sm text-muted">{brand.sender}</div>
              {act && (
                <Menu
                  trigger={<Button look="quiet" size="sm" icon aria-label={`${words.more}: ${brand.name}`}><Ellipsis /></Button>}
                  items={[
                    { label: say.edit, onSelect: () => setForm(brand) },
                    brand.default ? { label: say.asSettings, onSelect: () => choose.mutate(null) } : { label: say.makeDefault, onSelect: () => choose.mutate(brand.key) },
                    "line",
                    { label: say.remove, danger: true, onSelect: () => setEnding(brand) },
                  ]}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {form && <BrandForm brand={form === "new" ? null : form} onClose={() => setForm(null)} />}
      <Confirm open={ending !== null} onOpenChange={(open) => !open && setEnding(null)} title={say.removeTitle(ending?.name ?? "")} consequences={say.removeText} act={say.remove} danger onConfirm={() => remove.mutateAsync(ending?.key ?? "")} />
    </Card>
  );
}
