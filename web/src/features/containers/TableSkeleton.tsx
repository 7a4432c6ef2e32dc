const WIDTHS = ["w-40", "w-52", "w-36", "w-48", "w-44", "w-32", "w-56", "w-40", "w-48", "w-36"];

/** The shape of what is about to come: never a blank page, never made-up rows. */
export function TableSkeleton() {
  return (
    <div role="status" aria-label="Loading containers" className="h-full overflow-hidden bg-surface-1">
      <div className="h-8 border-b border-line-strong" />
      {WIDTHS.map((width, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed picture
        <div key={i} className="flex h-[34px] items-center gap-8 border-b border-line px-4">
          <div className={`qw-skeleton h-3 ${width}`} />
          <div className="qw-skeleton h-3 w-20" />
          <div className="qw-skeleton ms-auto h-3 w-12" />
          <div className="qw-skeleton h-3 w-16" />
        </div>
      ))}
    </div>
  );
}
