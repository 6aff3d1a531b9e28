// Ranger: RAdam (Liu et al. 2020) with centred gradients and Lookahead (Zhang et al. 2019), one step. The gradient loses its mean
// over each row (element j of row (n, c) lies at (n · length + j) · columns + c), m and v are Adam's. With the step's numbers s:
// p −= s[0] · m where s[1] = 0 (the first steps: plain momentum), else p −= s[0] · m / (√v + ε);
// where s[2] = 1, slow += α · (p − slow) and p = slow; s[3] is the gradient's factor.
// One invocation an element.

struct Params {
  count: u32,
  row_length: u32, // elements that a mean is over
  columns: u32, // rows that lie side by side
  centred: u32,
  beta1: f32,
  beta2: f32,
  eps: f32,
  alpha: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // g [count]
@group(0) @binding(2) var<storage, read> means: array<f32>; // a row
@group(0) @binding(3) var<storage, read> numbers: array<f32>; // s [4]
@group(0) @binding(4) var<storage, read_write> parameter: array<f32>; // p [count]
@group(0) @binding(5) var<storage, read_write> first: array<f32>; // m [count]
@group(0) @binding(6) var<storage, read_write> second: array<f32>; // v [count]
@group(0) @binding(7) var<storage, read_write> slow: array<f32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  var g = gradient[index];
  if (params.centred == 1) {
    g -= means[index / (params.row_length * params.columns) * params.columns + index % params.columns];
  }
  g *= numbers[3];
  let m = params.beta1 * first[index] + (1 - params.beta1) * g;
  let v = params.beta2 * second[index] + (1 - params.beta2) * g * g;
  first[index] = m;
  second[index] = v;
  var p = parameter[index];
  if (numbers[1] == 0) { p -= numbers[0] * m; } else { p -= numbers[0] * m / (sqrt(v) + params.eps); }
  if (numbers[2] == 1) {
    p = slow[index] + params.alpha * (p - slow[index]);
    slow[index] = p;
  }
  parameter[index] = p;
}
