/**
 * Keys of the query cache. The first word names the thing that the API lists or shows, so that whoever changes one can say
 * `invalidateQueries({ queryKey: keys.customers })` and reach every list and every single one of them.
 */
export const keys = {
  session: ["session"] as const,
  company: ["company"] as const,
  pauses: ["pauses"] as const,
  today: ["today"] as const,
  receivables: ["receivables"] as const,
  customers: ["customers"] as const,
  messages: ["messages"] as const,
  payments: ["payments"] as const,
  policies: ["policies"] as const,
  tasks: ["tasks"] as const,
  approvals: ["approvals"] as const,
  heldActs: ["held-acts"] as const,
  replies: ["replies"] as const,
  charges: ["charges"] as const,
  bank: ["bank"] as const,
  reports: ["reports"] as const,
  people: ["people"] as const,
  apiKeys: ["api-keys"] as const,
  gateways: ["gateways"] as const,
  channels: ["channels"] as const,
  doctor: ["doctor"] as const,
  brands: ["brands"] as const,
  endpoints: ["endpoints"] as const,
  audit: ["audit"] as const,
  sessions: ["sessions"] as const,
  views: ["views"] as const,
  plan: ["plan"] as const,
};
