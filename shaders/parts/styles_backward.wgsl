// What both gradients of styles read: ds, and which row of the latents each output was made of.

struct Params {
  outputs: u32, // S
  features: u32, // D
  rows: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> ds: array<f32>; // [S]
@group(0) @binding(2) var<storage, read> latent_row: array<f32>; // [S]

// The row of the latents that output `j` reads; one row serves all.
fn row_of(j: u32) -> u32 { return min(u32(latent_row[j]), params.rows - 1); }
