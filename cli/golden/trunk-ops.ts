/** Golden cases of the two trunks: IR-SE unit, ResNet basic block, hypernetwork stem; and adaptive pooling. */
import { adaptivePool } from '../../src/kernels/pools.ts';
import { basicBlock, hyperStem } from '../../src/models/hypernetwork-body.ts';
import { irSeUnit } from '../../src/models/w-encoder.ts';
import type { CaseRecorder } from './op-case.ts';

const strideOf = (c: CaseRecorder): 1 | 2 => (c.golden.entry.stride === 2 ? 2 : 1);

/** `bottleneck_IR_SE`. */
export function irSe(c: CaseRecorder): void {
  c.expect('y', irSeUnit(c.graph, c.weights, 'block', c.input('x'), strideOf(c)));
}

/** ResNet's `BasicBlock`. */
export function resnetBlock(c: CaseRecorder): void {
  c.expect('y', basicBlock(c.graph, c.weights, 'block', c.input('x'), strideOf(c)));
}

/** conv7x7 stride 2, BatchNorm, PReLU. */
export function stem(c: CaseRecorder): void {
  const keys = { conv: 'block.0.weight', norm: 'block.1', slopes: 'block.2.weight' };
  c.expect('y', hyperStem(c.graph, c.weights, keys, c.input('x')));
}

/** `adaptive_avg_pool2d` to the size of every output. */
export function adaptivePooling(c: CaseRecorder): void {
  const input = c.input('x');
  for (const name of [...c.golden.tensors.keys()].filter((key) => /^out\.(?!grad_)/.test(key))) {
    const [height = 0, width = 0] = c.shape(name).slice(-2);
    c.expect(name.slice('out.'.length), adaptivePool(c.graph, { input, height, width }));
  }
}
