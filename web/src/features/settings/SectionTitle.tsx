export function SectionTitle({ id, children }: { id: string; children: string }) {
  return (
    <h2 id={id} className="mb-1 scroll-mt-4 text-base font-semibold">
      {children}
    </h2>
  );
}
