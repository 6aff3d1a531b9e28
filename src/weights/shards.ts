/**
 * How tensors are cut into shards: files of at most {@link MAX_SHARD_BYTES}, each a safetensors file of whole tensors,
 * or of runs of rows named `NAME#rows=FROM:TO` where a tensor is larger than a shard. Pure.
 */
import { ensure } from '../errors.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../tensor.ts';
import type { TensorInfo } from './weight-source.ts';

/** Largest shard, header included. */
export const MAX_SHARD_BYTES = 64 * 2 ** 20;
/** Kept free for the header of a shard of many small tensors. */
const HEADER_RESERVE = 2 ** 19;

/** Rows `[from, to)` of a tensor. */
export interface ShardPiece {
  readonly tensor: TensorInfo;
  readonly from: number;
  readonly to: number;
}

/** Bytes of one row along the first dimension. */
export function rowBytes(tensor: TensorInfo): number {
  return (elementCount(tensor.shape) / rowCount(tensor)) * BYTES_PER_ELEMENT[tensor.dtype];
}

/** Length of the first dimension; 1 for a scalar. */
export function rowCount(tensor: Pick<TensorInfo, 'shape'>): number {
  return tensor.shape[0] ?? 1;
}

/** Name of a piece in its file: the tensor's own when it is whole. */
export function pieceName({ tensor, from, to }: ShardPiece): string {
  return from === 0 && to === rowCount(tensor) ? tensor.name : `${tensor.name}#rows=${from}:${to}`;
}

/** Shape of a piece. */
export function pieceShape({ tensor, from, to }: ShardPiece): number[] {
  return tensor.shape.length === 0 ? [] : [to - from, ...tensor.shape.slice(1)];
}

/** The tensor's name and the rows that a piece's name stands for (`to` null: all of them). */
export function parsePieceName(name: string): {
  readonly name: string;
  readonly from: number;
  readonly to: number | null;
} {
  const match = /^(.*)#rows=(\d{1,9}):(\d{1,9})$/.exec(name);
  return match ? { name: match[1] ?? '', from: Number(match[2]), to: Number(match[3]) } : { name, from: 0, to: null };
}

/**
 * Fills shards in the order of `tensors`.
 * @param maxBytes largest shard
 * @throws `tensor` error when one row alone is larger than a shard
 */
export function planShards(tensors: Iterable<TensorInfo>, maxBytes = MAX_SHARD_BYTES): ShardPiece[][] {
  const room = maxBytes - Math.min(HEADER_RESERVE, maxBytes / 2);
  const shards: ShardPiece[][] = [];
  let free = 0;
  for (const tensor of tensors) {
    const [rows, bytes] = [rowCount(tensor), rowBytes(tensor)];
    ensure(
      bytes <= room,
      'tensor',
      () => `tensor "${tensor.name}" [${tensor.shape}] has rows of ${bytes} bytes, a shard has room for ${room}`,
    );
    const open = shards.at(-1);
    if (rows * bytes <= free && open) {
      open.push({ tensor, from: 0, to: rows });
      free -= rows * bytes;
      continue;
    }
    const step = Math.floor(room / bytes);
    for (let from = 0; from < rows; from += step) {
      const to = Math.min(from + step, rows);
      shards.push([{ tensor, from, to }]);
      free = room - (to - from) * bytes;
    }
  }
  return shards;
}
