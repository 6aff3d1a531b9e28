/** Which kernel cases there are: one list a network. */
import { PUBLISHED_WIDTHS } from '../../src/weights/layout.ts';
import { FACES_1024, QUARTER_256 } from './architectures.ts';
import type { KernelCase } from './case.ts';
import { e4eCases } from './e4e.ts';
import { faceCases } from './faces.ts';
import { generatorCases } from './generator.ts';
import { headCases } from './heads.ts';
import { encoderCases, hypernetworkCases } from './trunks.ts';

/**
 * Every kernel case: the quarter-width generator at its real sizes, all networks of the published face model, e4e's
 * pyramid, the face networks.
 */
export function kernelCases(): KernelCase[] {
  const { encoder, hypernetwork, inputSize } = FACES_1024;
  return [
    ...generatorCases(QUARTER_256),
    ...generatorCases(FACES_1024),
    ...(encoder ? encoderCases(encoder, inputSize) : []),
    ...(hypernetwork ? hypernetworkCases(hypernetwork, PUBLISHED_WIDTHS, inputSize) : []),
    ...headCases(FACES_1024, PUBLISHED_WIDTHS),
    ...e4eCases(),
    ...faceCases(),
  ];
}

/** The cases whose network, name and description have every one of the given words, ignoring case. */
export function filterCases(cases: readonly KernelCase[], filter: string): KernelCase[] {
  const words = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);
  return cases.filter((c) => {
    const own = words(`${c.network} ${c.name} ${c.what(c.sizes[0] ?? 1)}`);
    return words(filter).every((word) => own.includes(word));
  });
}
