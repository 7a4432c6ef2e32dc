import FileSpreadsheet from "lucide-react/icons/file-spreadsheet";
import ImageDown from "lucide-react/icons/image-down";
import Table2 from "lucide-react/icons/table-2";
import { Button } from "../../components/Button";
import { notify } from "../../components/notice";
import type { Moment } from "../../lib/moment";
import { useLive } from "../../store/hooks";
import { BaseChoice } from "./BaseChoice";
import { Choice } from "./Choice";
import type { Deck, DeckState } from "./deck";
import { download, fileName } from "./download";
import { FurtherBack } from "./FurtherBack";
import { HoldButton } from "./HoldButton";
import { csvOf } from "./model/csv";
import { RANGE_WORDS, rangeText } from "./model/ranges";
import { pngOf } from "./png";
import type { RangeChoice } from "./useRange";

interface ToolbarProps {
  deck: Deck;
  state: DeckState;
  containerKey: string;
  range: RangeChoice;
  moment: Moment | null;
  table: boolean;
  onTable: (shown: boolean) => void;
}

/** The bar of the charts: how much of the past, of what CPU is, whether it runs, and ways to take it along. */
export function Toolbar({ deck, state, containerKey, range, moment, table, onTable }: ToolbarProps) {
  const { store } = useLive();
  const name = () => store.view().containers.get(containerKey)?.container.name ?? containerKey.slice(-12);
  const savePng = async () => {
    const { picture } = deck;
    if (!picture) return;
    try {
      const png = await pngOf(name(), deck.cards, picture, deck.palette);
      download(fileName(`${name()}-charts`, picture.to, "png"), png);
    } catch (err) {
      notify({ tone: "bad", title: "The picture could not be saved", text: String(err) });
    }
  };
  const saveCsv = () => {
    const { picture, history } = deck;
    if (!picture) return;
    const text = csvOf(history, picture.from, picture.to);
    download(fileName(`${name()}-metrics`, picture.to, "csv"), new Blob([text], { type: "text/csv" }));
  };
  return (
    <div className="z-1 flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-surface-1 px-4 sm:sticky sm:top-0 py-2">
      <Choice
        legend={moment === null ? "How much of the past" : "How much around the moment"}
        options={range.offered.map((value) => ({ value, text: rangeText(value), title: RANGE_WORDS[value] }))}
        value={range.value}
        onChange={range.set}
      />
      {moment === null && <FurtherBack containerKey={containerKey} />}
      <BaseChoice containerKey={containerKey} />
      {/* As wide and as high whatever it says: else the bar would grow, and move a chart from under the pointer. */}
      <span
        className={`flex min-w-0 flex-1 items-center gap-x-4 max-sm:flex-col max-sm:items-start ${moment === null ? "basis-72" : "basis-64"}`}
      >
        {moment === null ? (
          <HoldButton deck={deck} state={state} />
        ) : (
          state.zoomed && <Button onClick={() => deck.resume()}>Whole window</Button>
        )}
        <span
          ref={(el) => deck.attachReadout(el)}
          className="min-h-5 max-w-full min-w-0 truncate text-sm leading-5 text-text-2"
          data-testid="readout"
        />
      </span>
      <span className="flex items-center gap-1">
        <Button
          tone="quiet"
          aria-pressed={table}
          className={table ? "bg-accent-soft" : ""}
          onClick={() => onTable(!table)}
        >
          <Table2 size={14} aria-hidden />
          Table
        </Button>
        <Button tone="quiet" title="Save the charts as a picture" onClick={savePng}>
          <ImageDown size={14} aria-hidden />
          PNG
        </Button>
        <Button tone="quiet" title="Save the samples of this time as a table" onClick={saveCsv}>
          <FileSpreadsheet size={14} aria-hidden />
          CSV
        </Button>
      </span>
    </div>
  );
}
