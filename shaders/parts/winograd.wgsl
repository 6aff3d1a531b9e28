// Winograd F(4×4, 3×3) of four filters or tiles, the lanes of vec4s, by its interpolation points 0, ±A, ±B and ∞: among the
// simple ones these round least, see src/kernels/winograd.ts.

const A = 0.70710678;
const B = 1.41421356;

alias Six = array<vec4f, 6>; // numbers in a row or column of a transformed filter or patch
