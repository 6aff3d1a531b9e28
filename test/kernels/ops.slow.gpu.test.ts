/** Linear layers and heads against their plain loops, in Chrome: every case. */
import { TOLERANCE } from '../tolerances.ts';
import { checkCases } from './check-cases.ts';
import { HEAD_CASES } from './head-cases.ts';

checkCases('linear layers and heads', HEAD_CASES, TOLERANCE.op);
