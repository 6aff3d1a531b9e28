import { it } from 'vitest';
import { expectPublishedErrors } from './shipped-samples.ts';

/** Milliseconds: thirty-six pictures on a CPU adapter of a busy machine. */
const SOFTWARE_ADAPTER_PATIENCE = 900_000;

it(
  'the shipped model inverts its other samples with the errors that PyTorch measured',
  () => expectPublishedErrors([2, 3, 4, 5, 6, 7]),
  SOFTWARE_ADAPTER_PATIENCE,
);
