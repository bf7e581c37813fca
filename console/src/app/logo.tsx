/** A rule with its marks. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g stroke="var(--on-accent)" strokeWidth="2.6" strokeLinecap="round"><path d="M6 21.5h20" /><path d="M9 21v-5M13.7 21v-9M18.3 21v-5M23 21V9" /></g>
    </svg>
  );
}
