/**
 * The page's policy allows no inline styles (style-src 'self'), and that stays so:
 * xterm.js writes <style> elements and style attributes, which it would block.
 * Style sheets that a script constructs, and properties that it sets on an
 * element's style, are no inline styles to the policy. So the terminal is given a
 * document that makes those of them.
 */

/** Constructs what xterm.js takes for a <style> element: its text goes to a sheet of the document's. */
function styleElement(document: Document): HTMLElement {
  const element = document.createElement("span");
  element.hidden = true;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
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

/** setAttribute, but for the style attribute, which becomes properties. */
function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}

/** make(tag) as the terminal wants it. */
function makerOf(document: Document): (tag: string) => HTMLElement {
  // Bound now: while a terminal opens, the document's own is another one.
  const make = Document.prototype.createElement.bind(document);
  return (tag) => {
    if (tag === "style") return styleElement(document);
    const element = make(tag);
    // The cells of a line are spans, and have colours of their own.
    if (tag === "span") element.setAttribute = setAttribute;
    return element;
  };
}

/** A document for Terminal's option documentOverride. */
export function documentForTerminal(document: Document): Document {
  const createElement = makerOf(document);
  return new Proxy(document, {
    get(target, name) {
      if (name === "createElement") return createElement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * Runs open, during which the page's own document makes such elements too: one
 * part of xterm.js (its scroll bar) asks that one, whatever it was given.
 */
export function whileOpening(document: Document, open: () => void): void {
  document.createElement = makerOf(document) as typeof document.createElement;
  try {
    open();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
}
