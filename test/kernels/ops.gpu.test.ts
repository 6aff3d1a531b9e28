/**
 * Every kernel outside the convolution family against its plain loops; of the heads, which come in many forms, a few cases that
 * meet all.
 */
import { TOLERANCE } from '../tolerances.ts';
import { checkCases } from './check-cases.ts';
import { FACE_CASES, WARP_CASES } from './face-cases.ts';
import { HEAD_CASES } from './head-cases.ts';
import { lean } from './lean.ts';
import { NOISE_CASES, PICTURE_CASES } from './picture-cases.ts';

checkCases('linear layers and heads', lean(HEAD_CASES), TOLERANCE.op);
checkCases('pools, latents and measures', PICTURE_CASES, TOLERANCE.op);
checkCases('depthwise convolutions, max pools, paddings behind the picture', FACE_CASES, TOLERANCE.op);
checkCases('warps', WARP_CASES, TOLERANCE.warp);
checkCases('noise', NOISE_CASES, TOLERANCE.noise);
