/** The convolution family and the generator's small ops against their plain loops, in Chrome: every rung on every shape. */
import { checkCases } from './check-cases.ts';
import { CONV_CASES, UP_CASES } from './conv-cases.ts';
import { GENERATOR_CASES } from './generator-cases.ts';

checkCases('conv2d', CONV_CASES);
checkCases('upConv', UP_CASES);
checkCases('generator ops', GENERATOR_CASES);
