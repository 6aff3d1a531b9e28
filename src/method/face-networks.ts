/**
 * The face networks on a device: a square of a photo goes in, detections or a mesh in the photo's coordinates come out; and the warp that
 * draws aligned pictures. Which squares are looked at is `find-faces.ts`.
 */
import { HyperStyleError } from '../errors.ts';
import { MESH_SIZE } from '../faces/crops.ts';
import { DETECTOR_SIZE, type Detection, decodeDetections, mapDetection, mergeDetections } from '../faces/detection.ts';
import type { Pixels } from '../faces/pixels.ts';
import { MESH_POINTS, type Point } from '../faces/points.ts';
import { type Part, REGION_PIXELS, type Region, reach, regionOf, shrunkenRegion } from '../faces/region.ts';
import { apply, type Matrix, type Quad, quadMatrix } from '../faces/square.ts';
import { Graph } from '../graph/graph.ts';
import { StagedRun } from '../graph/staged-run.ts';
import { VIEW_ELEMENTS, viewValues, warpImage } from '../kernels/warp.ts';
import { FaceDetector } from '../models/face-detector.ts';
import { FaceMesh } from '../models/face-mesh.ts';
import type { WeightPlan } from '../models/weight-plan.ts';
import { DeviceBuffers } from '../runtime/buffers.ts';
import { compileGraphs, type Program } from '../runtime/compile.ts';
import type { OpenDevice } from '../runtime/device.ts';
import { Life } from '../runtime/life.ts';
import { PipelineCache } from '../runtime/pipelines.ts';
import { Readback } from '../runtime/readback.ts';
import { deviceMemory } from '../runtime/staged-memory.ts';
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
}

/** Sides of the parts that aligned pictures are drawn in: the largest whose region fits is taken. */
const PART_SIDES = [512, 256, 128, 64] as const;

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Both networks, compiled and loaded. Calls must not overlap. */
export class FaceNetworks {
  readonly #buffers: DeviceBuffers;
  readonly #pipelines: PipelineCache;
  readonly #life: Life;
  readonly #readback: Readback;
  readonly #detector: FaceDetector;
  readonly #mesh: FaceMesh;
  readonly #source = tensor('photo region', [REGION_PIXELS]);
  readonly #view = tensor('photo view', [VIEW_ELEMENTS]);
  readonly #painters = new Map<number, { readonly program: Program; readonly output: Tensor }>();
  #program: Program | undefined;

  private constructor(opened: OpenDevice, models: FaceModels) {
    this.#buffers = new DeviceBuffers(opened.device);
    this.#pipelines = new PipelineCache(opened.device);
    this.#life = new Life(opened.device);
    this.#readback = new Readback(this.#buffers, this.#life);
    this.#detector = new FaceDetector(models.detector, opened.facts);
    this.#mesh = new FaceMesh(models.mesh, opened.facts);
  }

  /** Compiles and loads both. @throws `tensor` error for other weights, `memory`, `shader`; nothing stays allocated then */
  static async load(opened: OpenDevice, models: FaceModels): Promise<FaceNetworks> {
    const networks = new FaceNetworks(opened, models);
    try {
      await networks.#load(models);
      return networks;
    } catch (error) {
      networks.dispose();
      throw error;
    }
  }

  async #load(models: FaceModels): Promise<void> {
    const [detector, mesh] = [this.#detector, this.#mesh];
    const cutPicture = new Graph('cut face picture');
    const scale = 1 / 127.5;
    warpImage(cutPicture, {
      source: this.#source,
      view: this.#view,
      output: detector.x,
      scale,
      shift: -1,
      extend: false,
    });
    const cutCrop = new Graph('cut face crop');
    warpImage(cutCrop, { source: this.#source, view: this.#view, output: mesh.x, scale: 1 / 255, extend: true });
    const graphs = [cutPicture, detector.graph, cutCrop, mesh.graph];
    await this.#buffers.allocate(graphs.flatMap((graph) => graph.persistentTensors()));
    const compiling = compileGraphs(this.#buffers, this.#pipelines, graphs);
    compiling.catch(() => undefined); // awaited below
    try {
      await this.#loadWeights(detector.plan, models.detector, detector.graph);
      await this.#loadWeights(mesh.plan, models.mesh, mesh.graph);
    } finally {
      await compiling.catch(() => undefined); // it may still be allocating
    }
    this.#program = await compiling;
  }

  async #loadWeights(plan: WeightPlan, model: GraphModel, graph: Graph): Promise<void> {
    const lasting = new Set(graph.persistentTensors());
    const temporary = new Set(plan.prepare.persistentTensors().filter((t) => !lasting.has(t)));
    const prepare = new StagedRun(plan.prepare, temporary, deviceMemory(this.#buffers, this.#pipelines));
    await plan.load(model, prepare);
    await prepare.finish();
  }

  /** Bytes of GPU memory. */
  get bytes(): number {
    return this.#buffers.bytes;
  }

  /** Floating-point operations of one detection and one mesh. */
  get flops(): { readonly detect: number; readonly mesh: number } {
    return { detect: this.#detector.graph.flops, mesh: this.#mesh.graph.flops };
  }

  /** Faces in a square of the photo whose score reaches `threshold`, in the photo's coordinates. */
  async detect(photo: Pixels, square: Quad, threshold: number): Promise<Detection[]> {
    this.#write(shrunkenRegion(photo, square, DETECTOR_SIZE));
    this.#run('cut face picture', this.#detector.graph.name);
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
    this.#run('cut face crop', this.#mesh.graph.name);
    const [values, [flag = Number.NaN]] = await Promise.all([this.#read(this.#mesh.mesh), this.#read(this.#mesh.flag)]);
    const toPhoto = quadMatrix(square, MESH_SIZE);
    const point = (i: number): Point => [(values[3 * i] ?? 0) - 0.5, (values[3 * i + 1] ?? 0) - 0.5];
    return { mesh: Array.from({ length: MESH_POINTS }, (_, i) => apply(toPhoto, point(i))), score: sigmoid(flag) };
  }

  /**
   * A picture of `size`² pixels drawn from `source`, one bilinear value a pixel, bytes truncated as Pillow does. It is drawn in parts, whose
   * regions fit the GPU whatever the source's size.
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
        for (const executable of program.executables) executable.submit(this.#buffers.device);
        const drawn = new Uint8Array(await this.#readback.bytes(this.#buffers.of(output), byteLength(output)));
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
    await this.#buffers.allocate(graph.persistentTensors());
    const made = { program: await compileGraphs(this.#buffers, this.#pipelines, [graph]), output };
    this.#painters.set(side, made);
    return made;
  }

  #write({ pixels, map }: Region, origin: readonly [number, number] = [0, 0], samples?: number): void {
    const { data, width, height } = pixels;
    this.#buffers.write(this.#source, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#buffers.write(this.#view, viewValues({ map, width, height, origin, samples }));
  }

  #run(...names: readonly string[]): void {
    for (const name of names) {
      const executable = this.#program?.executables.find((made) => made.name === name);
      if (!executable) throw new HyperStyleError('device', 'the face networks were disposed of: load them again');
      executable.submit(this.#buffers.device);
    }
  }

  async #read(t: Tensor): Promise<Float32Array> {
    const bytes = await this.#readback.bytes(this.#buffers.of(t), byteLength(t));
    return new Float32Array(bytes, 0, elementCount(t.shape));
  }

  /** Gives all GPU memory back. */
  dispose(): void {
    this.#program = undefined;
    this.#life.end(new HyperStyleError('device', 'these face networks were disposed of: load them again'));
    this.#buffers.destroy();
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
