// clipNumbers: a step's numbers n, of which the last is the gradient's factor, for gradients of norm ‖g‖ = √Σ s:
// the last times min(1, most / (|factor| · ‖g‖ + 1e-6)), the others as they are (PyTorch's clip_grad_norm_). One workgroup.

struct Params {
  rows: u32, // 1
  count: u32, // of s
  numbers: u32,
  most: f32, // largest norm
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>; // s [count]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // n
@group(0) @binding(3) var<storage, read_write> clipped: array<f32>; // like n

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  var sum = 0.0;
  for (var i = local; i < params.count; i += WORKGROUP_SIZE) { sum += sums[i]; }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local >= params.numbers) { return; }
  let last = numbers[params.numbers - 1];
  let factor = min(1.0, params.most / (abs(last) * sqrt(sum) + 1e-6));
  clipped[local] = numbers[local] * select(1.0, factor, local == params.numbers - 1);
}
