// y[i] = strength · N(0, 1), a pure function of (seed, stream, i): the same seed gives the same bits on every device, and the same
// picture but for what each device's log, sin and cos round.
//
// Threefry-2x32 with 20 rounds (Salmon et al., «Parallel random numbers: as easy as 1, 2, 3», SC 2011) turns key (seed, stream)
// and counter (i / 2, 0) into 64 random bits without any state; Box–Muller makes two normal numbers of them.
// One invocation a pair.

struct Params {
  n: u32,
  stream: u32, // which sequence of the seed, e.g. the layer
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> seed: array<u32>; // [1]
@group(0) @binding(2) var<storage, read> strength: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // [n]

const ROTATIONS = array(vec4(13u, 15u, 26u, 6u), vec4(17u, 29u, 16u, 24u));
const PI = 3.14159265;

// Four rounds of the mix with one row of rotations.
fn rounds(x: vec2<u32>, rotations: vec4<u32>) -> vec2<u32> {
  var y = x;
  for (var i = 0u; i < 4; i++) {
    y.x += y.y;
    y.y = ((y.y << rotations[i]) | (y.y >> (32 - rotations[i]))) ^ y.x;
  }
  return y;
}

fn threefry(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
  let keys = vec3(key, key.x ^ key.y ^ 0x1BD11BDAu);
  var x = counter + key;
  for (var i = 0u; i < 5; i++) {
    x = rounds(x, ROTATIONS[i % 2]);
    x += vec2(keys[(i + 1) % 3], keys[(i + 2) % 3] + i + 1);
  }
  return x;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let pair = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (2 * pair >= params.n) {
    return;
  }
  let bits = threefry(vec2(seed[0], params.stream), vec2(pair, 0));
  // 24 bits each: u in (0, 1], the angle in [-π, π), where cos and sin are most exact.
  let u = (f32(bits.x >> 8) + 1) * exp2(-24.0);
  let angle = (f32(bits.y >> 8) * exp2(-23.0) - 1) * PI;
  let radius = strength[0] * sqrt(max(0, -2 * log(u))); // near 1 a device's log may come out above zero
  output[2 * pair] = radius * cos(angle);
  if (2 * pair + 1 < params.n) {
    output[2 * pair + 1] = radius * sin(angle);
  }
}
