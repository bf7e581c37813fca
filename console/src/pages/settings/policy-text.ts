/** What the policy's text says under a key of its first level. */
export function ofPolicy(body: string, key: string): string | null {
  const found = new RegExp(`^${key}:[ \\t]*([^#\\n]*)`, "m").exec(body)?.[1]?.trim();
  return found ? found.replace(/^["']|["']$/g, "") : null;
}
