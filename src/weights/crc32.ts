/** CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320), the checksum of zip entries; eight bytes a round. */

/** Eight tables of 256: entry `256·k + b` is the effect of byte b followed by k zero bytes. Signed, to stay small integers. */
const TABLE = ((): Int32Array => {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[byte] = value;
  }
  for (let i = 256; i < table.length; i++) {
    const before = table[i - 256] as number;
    table[i] = (before >>> 8) ^ (table[before & 255] as number);
  }
  return table;
})();

/** CRC-32 of `bytes`, continuing from `previous` (the CRC of what came before; 0 at the start). Unsigned. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const T = TABLE;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 8);
  let crc = ~previous;
  for (let i = 0; i < whole; i += 8) {
    const a = crc ^ view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    crc =
      (T[1792 + (a & 255)] as number) ^
      (T[1536 + ((a >>> 8) & 255)] as number) ^
      (T[1280 + ((a >>> 16) & 255)] as number) ^
      (T[1024 + (a >>> 24)] as number) ^
      (T[768 + (b & 255)] as number) ^
      (T[512 + ((b >>> 8) & 255)] as number) ^
      (T[256 + ((b >>> 16) & 255)] as number) ^
      (T[b >>> 24] as number);
  }
  for (let i = whole; i < bytes.length; i++) crc = (T[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
