// Stand-ins for the built-in functions of subgroup matrices, for adapters that have none: test/kernels/fragments.ts puts them into
// shaders/batched_product_matrix.wgsl. Every invocation of a subgroup computes whole fragments. A fragment is where it lies;
// its elements are read when it is multiplied, and what lies outside its array is not a number.

const LEFT = 0u;
const RIGHT = 1u;
const LEFT_TAIL = 2u;
const RIGHT_TAIL = 3u;

struct Fragment {
  array: u32,
  by_columns: bool,
  first: u32,
  stride: u32,
}

alias SumsFragment = array<f32, 256>; // [row, column]

fn row_major(array: u32, first: u32, stride: u32) -> Fragment { return Fragment(array, false, first, stride); }

fn col_major(array: u32, first: u32, stride: u32) -> Fragment { return Fragment(array, true, first, stride); }

fn offset(by_columns: bool, row: u32, column: u32, stride: u32) -> u32 {
  return select(row * stride + column, column * stride + row, by_columns);
}

fn element(fragment: Fragment, row: u32, column: u32) -> f32 {
  let i = fragment.first + offset(fragment.by_columns, row, column, fragment.stride);
  var sizes = array<u32, 4>(arrayLength(&left), arrayLength(&right), 1024, 1024);
  if (i >= sizes[fragment.array]) { return bitcast<f32>(params.batches | 0x7fc00000); } // not a constant, which may not be a NaN
  switch (fragment.array) {
    case LEFT: { return left[i]; }
    case RIGHT: { return right[i]; }
    case LEFT_TAIL: { return left_tail[i]; }
    default: { return right_tail[i]; }
  }
}

fn multiply_accumulate(left: Fragment, right: Fragment, sums: ptr<function, SumsFragment>) {
  for (var row = 0u; row < 16; row++) {
    for (var column = 0u; column < 16; column++) {
      for (var k = 0u; k < 16; k++) {
        (*sums)[row * 16 + column] += element(left, row, k) * element(right, k, column);
      }
    }
  }
}

fn store_row_major(first: u32, sums: ptr<function, SumsFragment>, stride: u32) {
  for (var row = 0u; row < 16; row++) {
    for (var column = 0u; column < 16; column++) {
      product[first + row * stride + column] = (*sums)[row * 16 + column];
    }
  }
}
