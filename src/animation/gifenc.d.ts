/** The part of `gifenc` that is used here: the package comes without types. */
declare module 'gifenc' {
  /** Up to 256 colours `[r, g, b]`. */
  type Palette = number[][];
  interface Encoder {
    /** Adds a frame of palette indices; the first one also writes the header. */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: {
        palette?: Palette;
        first?: boolean;
        /** Milliseconds. */
        delay?: number;
        /** 0: for ever; -1: once. */
        repeat?: number;
        transparent?: boolean;
        transparentIndex?: number;
        /** 1: the frame stays under the next one. */
        dispose?: number;
      },
    ): void;
    writeHeader(): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
    reset(): void;
  }
  export function GIFEncoder(options?: { auto?: boolean; initialCapacity?: number }): Encoder;
  export function quantize(
    rgba: Uint8Array | Uint8ClampedArray,
    maxColors: number,
    options?: { format?: 'rgb565' | 'rgb444' | 'rgba4444' },
  ): Palette;
  export function applyPalette(
    rgba: Uint8Array | Uint8ClampedArray,
    palette: Palette,
    format?: 'rgb565' | 'rgb444' | 'rgba4444',
  ): Uint8Array<ArrayBuffer>;
}
