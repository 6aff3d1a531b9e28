/**
 * The convolution family and the generator's small ops against their plain loops, in Chrome: a few cases that meet every rung
 * and operand.
 */
import { checkCases } from './check-cases.ts';
import { CONV_CASES, UP_CASES } from './conv-cases.ts';
import { GENERATOR_CASES } from './generator-cases.ts';
import { lean } from './lean.ts';

checkCases('conv2d', lean(CONV_CASES));
checkCases('upConv', lean(UP_CASES));
checkCases('generator ops', lean(GENERATOR_CASES));
