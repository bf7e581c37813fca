import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { answer, api, holdToken, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import { Problem } from "../api/problem";
import { queryClient } from "./query";

export type Session = Schemas["Session"];
export type Scope = string;

const sessionQuery = {
  queryKey: keys.session,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await answer(api.GET("/v1/session"));
      holdToken(session.csrf_token);
      return session;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
  gcTime: Infinity,
};

/** Who is signed in, or null. Asked once; the router asks before it shows a page. */
export function ensureSession(): Promise<Session | null> {
  return queryClient.ensureQueryData(sessionQuery);
}

/** Begins with a session that signing in or setting up gave. */
export function beginSession(session: Session): void {
  holdToken(session.csrf_token);
  queryClient.clear();
  queryClient.setQueryData(keys.session, session);
}

export function forgetSession(): void {
  holdToken(null);
  queryClient.clear();
  queryClient.setQueryData(keys.session, null);
}

/** The session inside of the console, where there is one. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error("no session");
  return data;
}

/** `const may = useMay(); may("customers:act")`: whether to show an act at all. */
export function useMay(): (scope: Scope) => boolean {
  const client = useQueryClient();
  const scopes = client.getQueryData<Session | null>(keys.session)?.caller.scopes;
  return useCallback((scope: Scope) => scopes?.includes(scope) ?? false, [scopes]);
}
