// Optional operands of a convolution: bindings 1 … 5, whose slots overrides name; see `bindConvOperands` in src/kernels/epilogue.ts.
// Gives `operand(slot, index)` and ABSENT_SLOT, the slot of an operand that is not there.

@group(0) @binding(1) var<storage, read> slot0: array<f32>;
@group(0) @binding(2) var<storage, read> slot1: array<f32>;
@group(0) @binding(3) var<storage, read> slot2: array<f32>;
@group(0) @binding(4) var<storage, read> slot3: array<f32>;
@group(0) @binding(5) var<storage, read> slot4: array<f32>;

const ABSENT_SLOT = 5u;

// Element `index` of the operand in `slot`; `slot` is an override, so the switch folds away.
fn operand(slot: u32, index: u32) -> f32 {
  switch slot {
    case 0: { return slot0[index]; }
    case 1: { return slot1[index]; }
    case 2: { return slot2[index]; }
    case 3: { return slot3[index]; }
    default: { return slot4[index]; }
  }
}
