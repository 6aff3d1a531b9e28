/** Every tolerance of the test suite in one place; widening one needs a sentence here. */
export const TOLERANCE = {
  /** Largest absolute error of a portrait's channel in [-1, 1]: PyTorch's f32 against doubles, edges up to 58 steep. */
  portrait: 1e-4,
} as const;
