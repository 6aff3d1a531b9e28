// Optional scale and shift of input channel `i`, 1 and 0 where there is none: bindings 1 and 2. Offsets in params, `in_scale` and
// `in_shift`, tell whether they are there; an override each would triple the pipelines.
// It always loads, and does not branch: lavapipe would specialise the shader on a branch, anew at each dispatch.

const ABSENT = 0xffffffffu;

@group(0) @binding(1) var<storage, read> scales: array<f32>;
@group(0) @binding(2) var<storage, read> shifts: array<f32>;

fn in_scale(i: u32) -> f32 {
  let present = params.in_scale != ABSENT;
  return select(1.0, scales[select(0, params.in_scale + i, present)], present);
}

fn in_shift(i: u32) -> f32 {
  let present = params.in_shift != ABSENT;
  return select(0.0, shifts[select(0, params.in_shift + i, present)], present);
}
