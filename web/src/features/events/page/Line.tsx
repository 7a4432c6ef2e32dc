import type { ReactNode } from "react";
import { dayWord } from "../../../components/format/day";
import { FoldLine, GapLine, PlainLine } from "./OtherLine";
import { PageLine } from "./PageLine";
import type { PageRow } from "./rows";
import type { LineWords } from "./useLineWords";

interface LineProps {
  row: PageRow;
  index: number;
  top: number;
  active: boolean;
  narrow: boolean;
  /** Of a repetition: it shows what it is made of. */
  open: boolean;
  /** Its detail is shown. */
  shown: boolean;
  around: number | null;
  now: () => number;
  words: LineWords;
  /** What stands in the last line. */
  children: ReactNode;
}

/** A line of the list, whatever it is. */
export function Line({ row, narrow, open, shown, around, now, words, children, ...place }: LineProps) {
  switch (row.kind) {
    case "event":
    case "nested":
      return (
        <PageLine
          row={row}
          {...place}
          narrow={narrow}
          shown={shown}
          marked={around !== null && row.at === around}
          {...words(row)}
        />
      );
    case "fold":
      return <FoldLine row={row} open={open} narrow={narrow} {...place} />;
    case "gap":
      return <GapLine row={row} {...place} />;
    case "day":
      return (
        <PlainLine row={row} {...place}>
          {dayWord(row.at, now())}
        </PlainLine>
      );
    case "end":
      return (
        <PlainLine row={row} {...place}>
          {children}
        </PlainLine>
      );
  }
}
