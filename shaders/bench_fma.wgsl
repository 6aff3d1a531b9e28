// Ceiling of arithmetic: eight independent chains a ← a·m + b in registers, no memory in the loop.
// One invocation runs `rounds` rounds of 4 steps of 8 chains: 64 · rounds FLOP a lane of {{VECTOR}} (multiply-add = 2).
// The chains converge to b / (1 − m), so nothing overflows; every chain starts elsewhere, so none can be merged;
// the sum is stored, so none can be dropped.

struct Params {
  rounds: u32,
  multiplier: f32, // m, below 1
  addend: f32, // b
}

override WORKGROUP_SIZE: u32 = 64;
alias Vector = {{VECTOR}};

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sums: array<Vector>; // [invocations]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) { return; }
  let m = Vector(params.multiplier);
  let b = Vector(params.addend);
  var a0 = Vector(f32(id.x));
  var a1 = a0 + b;
  var a2 = a1 + b;
  var a3 = a2 + b;
  var a4 = a3 + b;
  var a5 = a4 + b;
  var a6 = a5 + b;
  var a7 = a6 + b;
  for (var i = 0u; i < params.rounds; i++) {
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
  }
  sums[id.x] = ((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7));
}
