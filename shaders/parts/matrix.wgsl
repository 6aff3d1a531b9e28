// A weight matrix stored in f32, f16 (two a word) or i8 (four a word, a scale a row): bindings 1 and 2; see src/kernels/matrix.ts.
// Gives `weight_at(i)`, vector `i` of the matrix without its row's scale, and `total`, the sum of a vector's components.

override PER_WORD: u32; // vectors that a stored word holds
override HAS_SCALES: bool;

alias Vector = {{VECTOR}}; // f32, or vec4f where rows are whole vectors
alias Word = {{WORD}}; // as stored

@group(0) @binding(1) var<storage, read> weight: array<Word>;
@group(0) @binding(2) var<storage, read> scales: array<f32>; // one a row, of i8

// A stored word as f32 values; `lane` says which, where a word holds more than one.
fn f32x4(word: vec4f, lane: u32) -> vec4f { return word; }
fn f16x4(word: vec2u, lane: u32) -> vec4f { return vec4f(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4f { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

fn weight_at(i: u32) -> Vector { return {{DTYPE}}x{{WIDTH}}(weight[i / PER_WORD], i % PER_WORD); }

fn total4(v: vec4f) -> f32 { return dot(v, vec4f(1)); }
fn total1(v: f32) -> f32 { return v; }
fn total(v: Vector) -> f32 { return total{{WIDTH}}(v); }
