/** Every tolerance of the test suite in one place; widening one needs a sentence here. */
export const TOLERANCE = {
  /** Largest absolute error of a portrait's channel in [-1, 1]: PyTorch's f32 against doubles, edges up to 58 steep. */
  portrait: 1e-4,
  /** Relative L2 error of the convolution family on data in [-1, 1]: f32 sums of up to 4608 terms against doubles. */
  convolution: 1e-5,
  /** Relative L2 error of linear layers, heads, pools and latents: f32 sums of up to 2052 terms against doubles; 3e-7 seen. */
  op: 2e-6,
  /** Relative L2 error of a warped picture in [-1, 1]: f32 positions of pixels, a millionth of the side off. */
  warp: 1e-5,
  /** Largest error of a face network's outputs, relative to the largest value: f32 sums in another order through 35 blocks. */
  faceNetwork: 1e-4,
  /** Relative L2 error of fresh noise: WGSL lets sin and cos be off by 2^-11 absolutely, log by 2^-21 near 1. */
  noise: 1e-3,
  /** Largest difference of a resized picture in steps of a byte: Pillow's 22-bit integer weights against f32. */
  resizeBytes: 1.01,
  /** Share of a resized picture's values that may differ from Pillow's by such a step. */
  resizeShare: 0.02,
  /** Relative L2 error of one op or block against PyTorch in f32 (design §7). */
  goldenOp: 1e-5,
  /** The same for everything a whole pipeline computes: up to T passes through three networks (design §7). */
  goldenPipeline: 1e-4,
  /**
   * Relative L2 error of ops and whole pipelines with f16 convolutions (design §7): Winograd F(4,3) turns 11 bits into
   * about 1.6e-3.
   */
  goldenHalf: 5e-3,
  /**
   * Relative L2 error of one op's gradients on data in [-1, 1] against differences of plain loops in doubles;
   * Winograd's included.
   */
  gradientOp: 2e-5,
  /**
   * Relative L2 error of Muon's step: five turns blow small singular values up by up to 3.4 each, and their rounding
   * with them.
   */
  muon: 1e-3,
  /**
   * Relative L2 error of gradients through a whole generator by fast kernels against plain ones: Winograd sums in
   * another order.
   */
  gradient: 3e-5,
  /**
   * Of gradients along one random direction against the difference of an op's f32 results, relative to the length of the
   * numbers that are added up: rounding of a million results over a step of 1/128, and kinks that lie between.
   */
  gradientAlong: 2e-2,
  /** Relative L2 error of edited latents and styles: f32 sums of a few terms, dot products of up to 512 (goldens-editing). */
  editing: 1e-5,
  /** Relative L2 error of SeFa's eigenvalues: PyTorch computed them in f32 (goldens-editing). */
  eigenvalues: 1e-4,
  /** How far the cosine of an eigenvector to PyTorch's may be below 1 (goldens-editing). */
  eigenvectors: 1e-4,
  /** Relative L2 error of a picture moved along a computed SeFa direction: the direction itself may be off (goldens-editing). */
  sefaPicture: 1e-3,
  /** Largest error of an i8 weight in steps of its row's scale: half a step, and the f32 rounding of value and scale. */
  quantizedStep: 0.5001,
  /** Relative L2 error of a tensor stored as f16: rounding to 11 bits. */
  half: 5e-4,
  /** Relative L2 error of a tensor stored as i8: steps of 1/127 of the row's largest value, about 3 deviations. */
  quantized: 1e-2,
  /** Share of its side that a found square's corner may be off dlib's: two landmark networks disagree by 1–4 %. */
  foundCorner: 0.08,
  /** Pixels that a corner of an aligned square may be off: f32 landmarks of the goldens. */
  alignedCorner: 0.01,
  /** Levels of a byte that a pixel of an aligned picture may be off: Pillow's fixed-point Lanczos, roundings in other places. */
  alignedLevels: 2,
  /** Mean of the same: both truncate, so only those few pixels count. */
  alignedMean: 0.25,
  /** Mean levels that a photo with a face pasted in may be off; each pixel at most 1. */
  pastedMean: 0.02,
} as const;
