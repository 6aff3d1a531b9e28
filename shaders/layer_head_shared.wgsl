// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r]: the last map of a layer's refinement block, applied to its summed code,
// for heads too large for any cache.
//
// state row [code…, t] (z + 1 elements; t counts the steps that were summed), W [rows, z], Δ [rows] = [out, in].
// A matrix-vector product bound by reading W: the workgroup keeps the code in workgroup memory, LANES invocations read a
// weight row together (a 128-byte line each time), and every one of them reads two lines of two rows at once: four reads in flight.

struct Params {
  z: u32, // elements of the code
  columns: u32, // z in vectors
  rows: u32, // weight rows of this chunk
  first_row: u32, // where the chunk starts in b, the scales and Δ
  state_row: u32,
}

override WORKGROUP_SIZE: u32;
override LANES: u32; // invocations that share a row, a power of two
override TILE: u32; // vectors of the code kept at a time
override PER_WORD: u32; // weight elements a stored word holds beyond one vector
override HAS_SCALES: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: array<f32>; // [layers, z + 1]
@group(0) @binding(2) var<storage, read> weight: array<{{WEIGHT}}>; // [rows, z]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // [all rows] (i8)
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [all rows]
@group(0) @binding(5) var<storage, read_write> delta: array<f32>; // [all rows]

var<workgroup> code: array<{{VECTOR}}, TILE>;
var<workgroup> partial: array<vec2<f32>, WORKGROUP_SIZE>;

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4<f32>, lane: u32) -> vec4<f32> { return word; }
fn f16x4(word: vec2<u32>, lane: u32) -> vec4<f32> { return vec4(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4<f32> { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

// Code rows have z + 1 elements, so they are not aligned to vectors.
fn code4(i: u32) -> vec4<f32> { return vec4(state[i], state[i + 1], state[i + 2], state[i + 3]); }
fn code1(i: u32) -> f32 { return state[i]; }
fn total4(v: vec4<f32>) -> f32 { return dot(v, vec4(1.0)); }
fn total1(v: f32) -> f32 { return v; }

fn weight_at(i: u32) -> {{VECTOR}} { return {{DTYPE}}x{{WIDTH}}(weight[i / PER_WORD], i % PER_WORD); }

fn store(row: u32, sum: f32) {
  if (row < params.rows) {
    let at = params.first_row + row;
    let steps = state[params.state_row * (params.z + 1) + params.z];
    delta[at] = select(sum, sum * scales[at], HAS_SCALES) + steps * bias[at];
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let slots = WORKGROUP_SIZE / LANES;
  let lane = local % LANES;
  let row = (group.y * groups.x + group.x) * slots * 2 + local / LANES; // and row + slots
  let code_start = params.state_row * (params.z + 1);
  // Rows past the end read row 0 and are not stored.
  let row0 = select(0, row, row < params.rows) * params.columns;
  let row1 = select(0, row + slots, row + slots < params.rows) * params.columns;

  var sum0 = {{VECTOR}}();
  var sum1 = {{VECTOR}}();
  for (var start = 0u; start < params.columns; start += TILE) {
    let count = min(TILE, params.columns - start);
    workgroupBarrier();
    for (var i = local; i < count; i += WORKGROUP_SIZE) {
      code[i] = code{{WIDTH}}(code_start + (start + i) * {{WIDTH}});
    }
    workgroupBarrier();
    for (var i = lane; i < count; i += 2 * LANES) {
      let j = min(i + LANES, count - 1);
      let a = weight_at(row0 + start + i); // all four before the first is waited for
      let b = weight_at(row0 + start + j);
      let c = weight_at(row1 + start + i);
      let d = weight_at(row1 + start + j);
      let next = code[j] * select(0.0, 1.0, i + LANES < count);
      sum0 += a * code[i] + b * next;
      sum1 += c * code[i] + d * next;
    }
  }

  partial[local] = vec2(total{{WIDTH}}(sum0), total{{WIDTH}}(sum1));
  for (var stride = LANES / 2; stride > 0; stride /= 2) {
    workgroupBarrier();
    if (lane < stride) {
      partial[local] += partial[local + stride];
    }
  }
  if (lane != 0) {
    return;
  }
  store(row, partial[local].x);
  store(row + slots, partial[local].y);
}
