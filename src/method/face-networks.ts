/**
 * The face networks on a device: a square of a photo goes in, detections or a mesh in the photo's coordinates come out;
 * and the warp that draws aligned pictures. Which squares are looked at is `find-faces.ts`.
 */
import { HyperStyleError } from '../errors.ts';
import { MESH_SIZE } from '../faces/crops.ts';
import { DETECTOR_SIZE, type Detection, decodeDetections, mapDetection, mergeDetections } from '../faces/detection.ts';
import type { Pixels } from '../faces/pixels.ts';
import { headYaw, MESH_POINTS, type Point } from '../faces/points.ts';
import { type Part, REGION_PIXELS, type Region, reach, regionOf, shrunkenRegion } from '../faces/region.ts';
import { apply, type Matrix, type Quad, quadMatrix } from '../faces/square.ts';
import { Graph } from '../graph/graph.ts';
import { VIEW_ELEMENTS, viewValues, warpImage } from '../kernels/warp.ts';
import { FaceDetector } from '../models/face-detector.ts';
import { FaceMesh } from '../models/face-mesh.ts';
import type { Program } from '../runtime/compile.ts';
import type { Executable } from '../runtime/executable.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Network } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { byteLength, elementCount, type Tensor, tensor } from '../tensor.ts';
import type { GraphModel } from '../weights/graph-model.ts';

/** The two networks' weights. */
export interface FaceModels {
  readonly detector: GraphModel;
  readonly mesh: GraphModel;
}

/** A mesh in the photo, and how sure the network is that there is a face, 0 to 1. */
export interface FoundMesh {
  readonly mesh: readonly Point[];
  readonly score: number;
  /** Turn of the head in degrees: 0 looks into the camera, positive values to the picture's right. */
  readonly yaw: number;
}

/** Sides of the parts that aligned pictures are drawn in: the largest whose region fits is taken. */
const PART_SIDES = [512, 256, 128, 64] as const;

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** A network with the warp that cuts its picture out of a photo. */
type FaceNetwork = Network<'cut' | 'run'>;

/** Both networks on a runtime. Calls must not overlap. */
export class FaceNetworks {
  readonly #runtime: Runtime;
  readonly #detector: FaceDetector;
  readonly #mesh: FaceMesh;
  readonly #source = tensor('photo region', [REGION_PIXELS]);
  readonly #view = tensor('photo view', [VIEW_ELEMENTS]);
  readonly #mounted: Mounted<'cut' | 'run'>[] = [];
  readonly #painters = new Map<number, { readonly program: Program; readonly output: Tensor }>();

  private constructor(runtime: Runtime, models: FaceModels) {
    this.#runtime = runtime;
    this.#detector = new FaceDetector(models.detector, runtime.opened.facts);
    this.#mesh = new FaceMesh(models.mesh, runtime.opened.facts);
  }

  /**
   * Compiles and loads both. @throws `tensor` error for other weights, `memory`, `shader`, `aborted`; nothing stays
   * allocated then
   */
  static async load(runtime: Runtime, models: FaceModels, signal?: AbortSignal | undefined): Promise<FaceNetworks> {
    const networks = new FaceNetworks(runtime, models);
    try {
      await networks.#load(models, signal);
      return networks;
    } catch (error) {
      networks.dispose();
      throw error;
    }
  }

  async #load(models: FaceModels, signal: AbortSignal | undefined): Promise<void> {
    const [detector, mesh] = [this.#detector, this.#mesh];
    const { grids } = detector;
    const boxes = Object.fromEntries(grids.flatMap(({ scores, boxes: b }) => [scores, b]).map((t) => [t.name, t]));
    const range = { scale: 1 / 127.5, shift: -1, extend: false }; // [-1, 1], black around the photo
    const detect = this.#network('face detector', detector, boxes, range);
    const points = { mesh: mesh.mesh, flag: mesh.flag };
    const find = this.#network('face mesh', mesh, points, { scale: 1 / 255, shift: 0, extend: true });
    this.#mounted.push(await this.#runtime.mount(detect, models.detector, { signal }));
    this.#mounted.push(await this.#runtime.mount(find, models.mesh, { signal }));
  }

  #network(
    name: string,
    { plan, graph, x }: Pick<FaceMesh, 'plan' | 'graph' | 'x'>,
    results: Readonly<Record<string, Tensor>>,
    range: { readonly scale: number; readonly shift: number; readonly extend: boolean },
  ): FaceNetwork {
    const cut = new Graph(`cut for ${name}`);
    warpImage(cut, { source: this.#source, view: this.#view, output: x, ...range });
    const graphs = new Map([
      ['cut', cut],
      ['run', graph],
    ] as const);
    return { name, plan, graphs, state: { x, ...results } };
  }

  /** What a detection and a mesh replay, for benches. @internal */
  get executables(): readonly Executable[] {
    return this.#mounted.flatMap((mounted) => [mounted.executable('cut'), mounted.executable('run')]);
  }

  /** Floating-point operations of one detection and one mesh. */
  get flops(): { readonly detect: number; readonly mesh: number } {
    return { detect: this.#detector.graph.flops, mesh: this.#mesh.graph.flops };
  }

  /** Faces in a square of the photo whose score reaches `threshold`, in the photo's coordinates. */
  async detect(photo: Pixels, square: Quad, threshold: number): Promise<Detection[]> {
    this.#write(shrunkenRegion(photo, square, DETECTOR_SIZE));
    this.#mounted[0]?.run('cut', 'run');
    const grids = await Promise.all(
      this.#detector.grids.map(async ({ scores, boxes }) => ({
        scores: await this.#read(scores),
        boxes: await this.#read(boxes),
      })),
    );
    const toPhoto = quadMatrix(square, DETECTOR_SIZE);
    // The network counts from the picture's corner, the photo from the middle of its first pixel.
    const [a, b, c, d, x, y] = toPhoto;
    const map: Matrix = [a, b, c, d, x - (a + c) / 2, y - (b + d) / 2];
    return mergeDetections(decodeDetections(grids, threshold)).map((detection) => mapDetection(detection, map));
  }

  /** The mesh of the face in a square of the photo. */
  async mesh(photo: Pixels, square: Quad): Promise<FoundMesh> {
    this.#write(shrunkenRegion(photo, square, MESH_SIZE));
    this.#mounted[1]?.run('cut', 'run');
    const [values, [flag = Number.NaN]] = await Promise.all([this.#read(this.#mesh.mesh), this.#read(this.#mesh.flag)]);
    const toPhoto = quadMatrix(square, MESH_SIZE);
    const point = (i: number): Point => [(values[3 * i] ?? 0) - 0.5, (values[3 * i + 1] ?? 0) - 0.5];
    const mesh = Array.from({ length: MESH_POINTS }, (_, i) => apply(toPhoto, point(i)));
    return { mesh, score: sigmoid(flag), yaw: headYaw(values) };
  }

  /**
   * A picture of `size`² pixels drawn from `source`, one bilinear value a pixel, bytes truncated as Pillow does. It is
   * drawn in parts, whose regions fit the GPU whatever the source's size.
   */
  async draw(source: Pixels, map: Matrix, size: number): Promise<Pixels> {
    const data = new Uint8ClampedArray(4 * size * size);
    const side = partSide(map, size);
    const { program, output } = await this.#painter(side);
    for (let y = 0; y < size; y += side) {
      for (let x = 0; x < size; x += side) {
        const part: Part = { x, y, width: Math.min(side, size - x), height: Math.min(side, size - y) };
        const region = regionOf(source, map, part);
        this.#write(region, [x, y], 1);
        for (const executable of program.executables) executable.submit(this.#runtime.device);
        const drawn = new Uint8Array(
          await this.#runtime.readback.bytes(this.#runtime.buffers.of(output), byteLength(output)),
        );
        for (let row = 0; row < part.height; row++) {
          const from = 4 * row * side;
          data.set(drawn.subarray(from, from + 4 * part.width), 4 * ((y + row) * size + x));
        }
      }
    }
    return { data, width: size, height: size };
  }

  /** A compiled warp into a square of words. */
  async #painter(side: number): Promise<{ program: Program; output: Tensor }> {
    const known = this.#painters.get(side);
    if (known) return known;
    const output = tensor(`drawn ${side}`, [side, side]);
    const graph = new Graph(`draw ${side}`);
    warpImage(graph, { source: this.#source, view: this.#view, output, extend: true });
    const made = { program: await this.#runtime.compile([graph]), output };
    this.#painters.set(side, made);
    return made;
  }

  #write({ pixels, map }: Region, origin: readonly [number, number] = [0, 0], samples?: number): void {
    const { data, width, height } = pixels;
    this.#runtime.buffers.write(this.#source, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#runtime.buffers.write(this.#view, viewValues({ map, width, height, origin, samples }));
  }

  async #read(t: Tensor): Promise<Float32Array> {
    return (await this.#runtime.read(t)).subarray(0, elementCount(t.shape));
  }

  /** Gives the memory of both back. */
  dispose(): void {
    for (const mounted of this.#mounted) mounted.dispose();
    for (const { program } of this.#painters.values()) program.dispose();
    const drawn = [...this.#painters.values()].map(({ output }) => output);
    this.#runtime.buffers.free([this.#source, this.#view, ...drawn]);
    this.#painters.clear();
  }
}

/** Side of the parts a picture is drawn in. @throws `option` error when even the smallest part reads more than fits */
function partSide(map: Matrix, size: number): number {
  const fits = (side: number): boolean => {
    const { left, top, right, bottom } = reach(map, { x: 0, y: 0, width: side, height: side });
    return (right - left) * (bottom - top) <= REGION_PIXELS;
  };
  const whole = Math.min(size, PART_SIDES[0]);
  const found = [whole, ...PART_SIDES.filter((side) => side < whole)].find(fits);
  if (found !== undefined) return found;
  throw new HyperStyleError(
    'option',
    `one pixel in ${Math.hypot(map[0], map[1]).toFixed(0)} would be drawn: shrink the photo first`,
  );
}
