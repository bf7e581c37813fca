import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../../api/client";
import type { paths } from "../../../api/schema";
import { keys } from "../../../api/keys";
import { useMay } from "../../../app/session";

export type Approval = Schemas["AwaitedApproval"];
export const idOf = (row: Approval) => `${row.receivable_external_id} ${row.step}`;
/** The id by which a step is released: without the time of a step that repeats. */
export const stepId = (step: string) => step.split(" ")[0] ?? step;

/** What a step of the policy does: the message that it sends, if it sends one. */
export type StepMeaning = { verb: string; template: string | null; tone: string | null; channels: string[]; value: string | null };
export type Meanings = { of: (step: string, ladder?: string) => StepMeaning | null; templates: string[] };

async function readMeanings(text: string): Promise<Meanings> {
  // The reader of YAML comes with the first step that is shown, not with the page.
  const { parse, plain, readPolicy, seqAt, textOf, texts } = await import("../../policy/text/read");
  const policy = readPolicy(text);
  const found = new Map<string, StepMeaning>();
  const meaning = (verb: string, values: Record<string, unknown>): StepMeaning => {
    const told = values as Parameters<typeof textOf>[0] & Record<string, Parameters<typeof textOf>[0]>;
    const channels = texts(told.channels).filter((one) => one !== "preferred");
    return {
      verb,
      template: textOf(told.template) || (verb === "offer" ? "offer" : null),
      tone: textOf(told.tone) || null,
      channels: channels.length > 0 ? channels : policy.channels,
      value: textOf(told.state) || textOf(told.bureau) || textOf(told.queue) || null,
    };
  };
  for (const ladder of policy.ladders) {
    for (const step of ladder.steps) {
      const told = meaning(step.verb, step.values);
      found.set(`${ladder.name} ${step.id}`, told);
      if (!found.has(step.id)) found.set(step.id, told);
    }
  }
  const reactions = seqAt(parse(text).contents, "reactions");
  for (const item of reactions?.items ?? []) {
    const values = plain(item);
    if (typeof values !== "object" || Array.isArray(values)) continue;
    found.set(`on.${textOf(values.on)}`, meaning(textOf(values.do) || "notify", values));
  }
  return {
    of: (step, ladder) => found.get(`${ladder ?? ""} ${stepId(step)}`) ?? found.get(stepId(step)) ?? null,
    templates: [...new Set([...found.values()].flatMap((one) => (one.template ? [one.template] : [])))],
  };
}

/** What the steps of a version mean; of the newest when no version is said. */
export function useMeanings(hash?: string) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.policies, "meanings", hash ?? "newest"],
    queryFn: async ({ signal }) => {
      const wanted = hash ?? (await answer(api.GET("/v1/policies", { params: { query: { limit: 1 } }, signal }))).items[0]?.hash;
      if (!wanted) return null;
      return readMeanings((await answer(api.GET("/v1/policies/{policy}", { params: { path: { policy: wanted } }, signal }))).body);
    },
    enabled: may("policy:read"),
    staleTime: hash ? Infinity : 60_000,
    structuralSharing: false,
  });
}

type Asked = NonNullable<paths["/v1/messages/preview"]["post"]["requestBody"]>["content"]["application/json"];
/** As it may come from a policy's text, where the words are not checked. */
export type Sample = { template: string; language?: string | null; tone?: string | null; channel?: string | null };

/** A message of a template about made-up facts. */
export function useSample(asked: Sample | null) {
  const may = useMay();
  return useQuery({
    queryKey: [...keys.messages, "sample", asked],
    queryFn: ({ signal }) => answer(api.POST("/v1/messages/preview", { body: asked as Asked, signal })),
    enabled: asked !== null && may("messages:read"),
    staleTime: 5 * 60_000,
    retry: false,
  });
}
