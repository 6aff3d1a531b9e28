// Sizes and operands of matrix products, one a batch b: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c];
// sums are f32 in every case.
// left [B, K, R] and right [B, K, C] of `Element`, product [B, R, C] of `Result`: aliases that the kernel
// declares, vec4 or single.

struct Params {
  depth: u32, // K
  row_quads: u32, // R / 4
  column_quads: u32, // C / 4
  batches: u32, // B
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> left: array<Element>;
@group(0) @binding(2) var<storage, read> right: array<Element>;
@group(0) @binding(3) var<storage, read_write> product: array<Result>;
