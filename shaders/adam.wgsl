// Adam (Kingma & Ba 2015): m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p −= s[0] · m / (√v · s[1] + ε), with the step's numbers
// s = [rate / (1 − β₁ᵗ), 1 / √(1 − β₂ᵗ), factor of the gradient (clipping, accumulation)]. One invocation an element.

struct Params {
  count: u32,
  beta1: f32,
  beta2: f32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // g [count]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // s [3]
@group(0) @binding(3) var<storage, read_write> parameter: array<f32>; // p [count]
@group(0) @binding(4) var<storage, read_write> first: array<f32>; // m [count]
@group(0) @binding(5) var<storage, read_write> second: array<f32>; // v [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let g = gradient[index] * numbers[2];
  let m = params.beta1 * first[index] + (1 - params.beta1) * g;
  let v = params.beta2 * second[index] + (1 - params.beta2) * g * g;
  first[index] = m;
  second[index] = v;
  parameter[index] -= numbers[0] * m / (sqrt(v) * numbers[1] + params.eps);
}
