/** Browsers hold no element taller than some 17 million (Firefox) to 33 million pixels (Chromium). */
const tallest = 12_000_000;
/** At both ends the map is one to one this far: there a scrollbar must not arrive before the content does. */
const margin = 1_000_000;

/**
 * Maps where a scrollbar stands to a place in a content that may be taller than an element can be.
 *
 * Content that fits is mapped one to one. Otherwise the first and last million pixels are, and what lies
 * between is compressed evenly.
 */
export class ScrollMap {
  /** How tall the scrolled element is made. */
  readonly height: number;

  constructor(readonly contentHeight: number, readonly viewport: number) {
    this.height = Math.min(contentHeight, tallest);
  }

  get isScaled(): boolean {
    return this.contentHeight > this.height;
  }

  /** The largest content offset: there the end of the content stands at the lower edge of the view. */
  get end(): number {
    return Math.max(0, this.contentHeight - this.viewport);
  }

  /** The content offset for a scroll offset. */
  toContent(scroll: number): number {
    if (!this.isScaled || scroll <= margin) return clamp(scroll, 0, this.end);
    const scrollEnd = this.height - this.viewport;
    if (scroll >= scrollEnd - margin) return clamp(this.end - (scrollEnd - scroll), 0, this.end);
    return margin + (scroll - margin) * this.slope;
  }

  /** The scroll offset for a content offset: the inverse of `toContent`. */
  toScroll(content: number): number {
    if (!this.isScaled || content <= margin) return content;
    const scrollEnd = this.height - this.viewport;
    if (content >= this.end - margin) return scrollEnd - (this.end - content);
    return margin + (content - margin) / this.slope;
  }

  /** Content pixels for each pixel of the scrollbar, between the margins. */
  private get slope(): number {
    return (this.end - 2 * margin) / (this.height - this.viewport - 2 * margin);
  }
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
