/** The mark: a watch above the water. Drawn in place, so that it takes the accent of the theme. */
export function Mark({ size }: { size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      aria-hidden
      className="shrink-0 text-accent"
    >
      <circle cx="12" cy="8.5" r="5.5" />
      <path d="M12 6v2.7l1.8 1.3" strokeLinejoin="round" />
      <path d="M2.5 18.2c1.6 0 1.6-1.2 3.2-1.2s1.6 1.2 3.1 1.2S10.4 17 12 17s1.6 1.2 3.2 1.2S16.8 17 18.3 17s1.6 1.2 3.2 1.2" />
      <path d="M6.5 22c1.4 0 1.4-1 2.8-1s1.4 1 2.7 1 1.4-1 2.8-1 1.4 1 2.7 1" />
    </svg>
  );
}
