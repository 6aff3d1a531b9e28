// Writes columns of what a Winograd transform makes. Needs winograd; `spectrum`, [36, …] of vec4<{{ELEMENT}}>.

// Column s of a transformed filter or patch, frequencies 6r + s for every row r; `first` is that of r = 0, frequencies lie
// `stride` apart.
fn store_column(first: u32, stride: u32, column: Six) {
  #for R in 6
  spectrum[first + {{R}} * 6 * stride] = vec4<{{ELEMENT}}>(column[{{R}}]);
  #end
}
