import { formatExact } from "../../components/format/time";
import type { Card } from "./card";
import type { Picture } from "./model/picture";
import type { Palette } from "./palette";

/** In CSS pixels. */
const MARGIN = 16;
const TITLE = 24;
const HEAD = 44;
const FOOT = 20;

/** All charts under each other as one picture, with what they are of and when. */
export async function pngOf(name: string, cards: readonly Card[], p: Picture, palette: Palette): Promise<Blob> {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(320, ...cards.map((c) => c.canvas.width / ratio)) + 2 * MARGIN;
  const heights = cards.map((c) => TITLE + c.canvas.height / ratio + FOOT);
  const height = HEAD + heights.reduce((a, b) => a + b, 0) + MARGIN;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const g = canvas.getContext("2d");
  if (!g) throw new Error("this browser has no canvas to draw on");
  g.scale(ratio, ratio);
  g.fillStyle = palette.surface;
  g.fillRect(0, 0, width, height);
  const family = palette.font.replace(/^\S+ /, "");
  const say = (text: string, size: number, y: number, color: string, weight = "") => {
    g.font = `${weight} ${size}px ${family}`;
    g.fillStyle = color;
    g.fillText(text, MARGIN, y, width - 2 * MARGIN);
  };
  say(name, 15, 22, palette.text, "600");
  say(`${formatExact(p.from)} to ${formatExact(p.to)}`, 11, 38, palette.quiet);
  let y = HEAD;
  for (const [i, card] of cards.entries()) {
    say(`${card.spec.title} ${card.of}`.trim(), 12, y + 16, palette.text, "600");
    const { canvas: picture } = card;
    g.drawImage(picture, MARGIN, y + TITLE, picture.width / ratio, picture.height / ratio);
    say(card.words().join("   "), 11, y + TITLE + picture.height / ratio + 13, palette.quiet);
    y += heights[i] ?? 0;
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be made"))), "image/png");
  });
}
