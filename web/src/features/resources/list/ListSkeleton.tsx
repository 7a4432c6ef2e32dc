const WIDTHS = ["w-40", "w-52", "w-36", "w-48", "w-44", "w-32"];

/** The shape of what is about to come: never a blank page, never made-up rows. */
export function ListSkeleton({ what }: { what: string }) {
  return (
    <div role="status" aria-label={`Loading ${what}`} className="qw-late h-full overflow-hidden">
      <div className="h-8 border-b border-line-strong" />
      {WIDTHS.map((width) => (
        <div key={width} className="flex h-[34px] items-center gap-8 border-b border-line px-4">
          <div className={`qw-skeleton h-3 ${width}`} />
          <div className="qw-skeleton h-3 w-20" />
          <div className="qw-skeleton ms-auto h-3 w-12" />
        </div>
      ))}
    </div>
  );
}
