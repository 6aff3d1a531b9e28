/** A photo with two faces: how long until they are found and aligned, and which kernels of the face networks take it. */
import { FaceFinder } from '../../src/api/face-finder.ts';
import type { RgbaPixels } from '../../src/api/picture-source.ts';
import type { Quad } from '../../src/faces/square.ts';
import type { FoundFaces } from '../../src/method/find-faces.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import { contest } from '../contest.ts';
import type { BenchRow, Check } from '../report.ts';
import type { SuiteContext } from './context.ts';
import { heaviestKernels } from './dispatches.ts';

const TOP = 12;
/** Side of the aligned pictures, FFHQ's. */
const ALIGNED = 1024;
/** Runs of the mesh network for one face. */
const MESHES = 2;
const AGAINST = "dlib's squares of the photo's faces, largest share of a side that a corner is off";

/** The photo that the command mounted, and the squares of its faces by dlib's landmarks. */
interface Photo {
  readonly picture: RgbaPixels;
  readonly quads: readonly Quad[];
}

async function loadPhoto(c: SuiteContext): Promise<Photo> {
  const facts: unknown = JSON.parse(new TextDecoder().decode(await c.get('photo.json')));
  const { width, height, quads } = facts as { width: number; height: number; quads: Quad[] };
  return { picture: { data: await c.get('photo.rgba'), width, height }, quads };
}

/** How far found squares are off the nearest known one; infinite where their number is another. */
function squaresOff({ faces }: FoundFaces, quads: readonly Quad[]): Check {
  const offs = quads.map((quad) => {
    const side = Math.hypot(quad[3][0] - quad[0][0], quad[3][1] - quad[0][1]);
    const all = faces.map((face) =>
      Math.max(...face.quad.map(([x, y], i) => Math.hypot(x - (quad[i]?.[0] ?? 0), y - (quad[i]?.[1] ?? 0)))),
    );
    return Math.min(...all) / side;
  });
  const error = faces.length === quads.length ? Math.max(...offs) : Number.POSITIVE_INFINITY;
  return { error, tolerance: TOLERANCE.foundCorner, against: AGAINST };
}

/** Found, found and aligned; then the heaviest kernels. */
export async function facesSuite(c: SuiteContext): Promise<void> {
  const finder = await FaceFinder.load((file) => c.get(`faces/${file}`), { device: c.device });
  try {
    await measure(c, finder, await loadPhoto(c));
  } finally {
    finder.dispose();
  }
}

async function measure(c: SuiteContext, finder: FaceFinder, { picture, quads }: Photo): Promise<void> {
  const { rounds, budget } = c.options;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begin = performance.now();
    await work();
    return (performance.now() - begin) / 1e3;
  };
  const all = async (): Promise<void> => {
    for (const face of (await finder.find(picture)).faces) await finder.align(picture, face, { size: ALIGNED });
  };
  const check = async (): Promise<Check> => squaresOff(await finder.find(picture), quads);
  const results = await contest(
    [
      { name: 'found', check, sample: () => timed(() => finder.find(picture)) },
      { name: 'found and aligned', check, sample: () => timed(all) },
    ],
    { rounds, budget, warmUps: 1, leastRounds: 3 },
  );
  const { detect, mesh } = finder.flops;
  const flops = detect + MESHES * quads.length * mesh;
  const row: Omit<BenchRow, 'name' | 'check' | 'seconds'> = {
    suite: 'faces',
    group: 'photo in → faces',
    what: `${picture.width}×${picture.height}, ${quads.length} faces`,
    variant: 'BlazeFace 256, FaceMesh 192 twice',
    scaled: null,
    count: 1,
    flops,
    bytes: 0,
    pace: null,
  };
  for (const result of results) await c.row({ ...row, ...result });
  const [first] = results;
  if (!first?.seconds) return;
  const graphs = finder.networks.executables.map((executable, i) => ({
    executable,
    count: i < 2 ? 1 : MESHES * quads.length,
  }));
  for (const each of await heaviestKernels(c, 'faces', 'heaviest kernels', graphs, first.check, TOP)) await c.row(each);
  const mega = (value: number): string => (value / 1e6).toFixed(0);
  await c.finding({
    suite: 'faces',
    text: `a detection is ${mega(detect)} MFLOP, a mesh ${mega(mesh)}: this photo ${mega(flops)}, which 1 TFLOP/s would do in ${(flops / 1e9).toFixed(2)} ms`,
  });
}
