import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../../api/client";
import type { paths } from "../../../api/schema";
import { keys } from "../../../api/keys";

export type Template = Schemas["Template"];
export type Language = Template["languages"][number];
export type Tone = Template["tones"][number];
export type Channel = Template["channels"][number];
export type Finding = Schemas["CheckedTemplate"]["findings"][number];

export const templateKeys = {
  all: [...keys.messages, "templates"] as const,
  one: (name: string, language: Language) => [...keys.messages, "templates", name, language] as const,
};

/** All templates, the used ones first, in the order in which the policy uses them. */
export function useTemplates() {
  return useQuery({
    queryKey: [...templateKeys.all, "list"],
    queryFn: async ({ signal }) => (await answer(api.GET("/v1/templates", { signal }))).items,
    staleTime: 60_000,
  });
}

/** The file of a template in a language, with the one that ships. */
export function useTemplate(name: string, language: Language) {
  return useQuery({
    queryKey: [...templateKeys.one(name, language), "text"],
    queryFn: ({ signal }) => answer(api.GET("/v1/templates/{template}", { params: { path: { template: name }, query: { language } }, signal })),
    staleTime: 30_000,
  });
}

export function useVersions(name: string, language: Language) {
  return useQuery({
    queryKey: [...templateKeys.one(name, language), "versions"],
    queryFn: async ({ signal }) => (await answer(api.GET("/v1/templates/{template}/versions", { params: { path: { template: name }, query: { language, limit: 50 } }, signal }))).items,
    staleTime: 30_000,
  });
}

/** What there is to say of a draft; nothing is asked while it is as it is published. */
export function useFindings(name: string, language: Language, text: string, enabled: boolean) {
  return useQuery({
    queryKey: [...templateKeys.one(name, language), "check", text],
    queryFn: ({ signal }) => answer(api.POST("/v1/templates/check", { body: { name, language, text }, signal })),
    enabled,
    staleTime: Infinity,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export type Asked = NonNullable<paths["/v1/messages/preview"]["post"]["requestBody"]>["content"]["application/json"];

/** How a message reads: about made-up facts, or about whom is asked. */
export function usePreview(asked: Asked | null) {
  return useQuery({
    queryKey: [...keys.messages, "preview", asked],
    queryFn: ({ signal }) => answer(api.POST("/v1/messages/preview", { body: asked ?? {}, signal })),
    enabled: asked !== null,
    staleTime: 60_000,
    gcTime: 5 * 60_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

