/**
 * The page's policy allows no inline styles (style-src 'self'), and that stays so:
 * xterm.js writes <style> elements and style attributes, which it would block.
 * Style sheets that a script constructs, and properties that it sets on an
 * element's style, are no inline styles to the policy. So what xterm.js writes is
 * made into those.
 */

/**
 * Runs open, during which the document makes for a <style> an element whose text
 * goes to a constructed sheet. xterm.js makes all of its own then, and asks the
 * document for them whatever it was given (as of 6.0).
 */
export function whileOpening(document: Document, open: () => void): void {
  const make = Document.prototype.createElement.bind(document);
  document.createElement = ((tag: string) =>
    tag === "style" ? styleElement(document, make("span")) : make(tag)) as typeof document.createElement;
  try {
    open();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
}

function styleElement(document: Document, element: HTMLElement): HTMLElement {
  element.hidden = true;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  let text = "";
  Object.defineProperties(element, {
    textContent: {
      get: () => text,
      set: (value: string) => {
        text = value;
        sheet.replaceSync(value);
      },
    },
    remove: {
      value: () => {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== sheet);
        Element.prototype.remove.call(element);
      },
    },
  });
  return element;
}

/** How many terminals there are. */
let terminals = 0;

/**
 * While a terminal is there, a style attribute that is set on a <span> becomes
 * properties of its style, which is the same but for the policy: the cells of a
 * line are spans, with colours of their own. Ends with the returned function.
 */
export function holdSpanStyles(): () => void {
  const spans = HTMLSpanElement.prototype;
  terminals++;
  spans.setAttribute = setAttribute;
  return () => {
    terminals--;
    if (terminals === 0) Reflect.deleteProperty(spans, "setAttribute");
  };
}

function setAttribute(this: HTMLSpanElement, name: string, value: string): void {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}
