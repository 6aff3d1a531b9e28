// The Gaussian window of SSIM, whose weights sum to 1. Filled in by `kernels/ssim.ts`; indexed by constants alone.

const WEIGHTS = array<f32, {{TAPS}}>({{WEIGHTS}});
