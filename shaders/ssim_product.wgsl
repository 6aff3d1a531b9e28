// MS-SSIM of every group of channels, from the statistics of all scales (parts/ssim_product.wgsl has the formula).
// One invocation a group.

@group(0) @binding(2) var<storage, read_write> products: array<f32>; // [groups]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < params.groups) { products[id.x] = product_of(id.x); }
}
