/** Decoding and merging of detections, and where networks look. */
import { describe, expect, it } from 'vitest';
import { detectionCrop, letterbox, meshCrop, tiles } from '../../src/faces/crops.ts';
import {
  ANCHOR_GRIDS,
  BOX_VALUES,
  bestOfPasses,
  DETECTOR_SIZE,
  type Detection,
  decodeDetections,
  type GridOutput,
  mapDetection,
  mergeDetections,
  overlap,
} from '../../src/faces/detection.ts';
import { MESH_POINTS, meshOval, meshTo68, type Point } from '../../src/faces/points.ts';
import { quadCentre, quadMatrix, quadSide, turnedSquare } from '../../src/faces/square.ts';

/** Grids without faces: scores far below zero. */
function empty(): GridOutput[] {
  return ANCHOR_GRIDS.map(({ stride, perCell }) => {
    const cells = (DETECTOR_SIZE / stride) ** 2;
    return {
      scores: new Float32Array(perCell * cells).fill(-9),
      boxes: new Float32Array(perCell * BOX_VALUES * cells),
    };
  });
}

function face(x: number, y: number, side: number, score: number): Detection {
  const points: Detection['points'] = [
    [x - side / 4, y],
    [x + side / 4, y],
    [x, y + 1],
    [x, y + side / 4],
    [x - side / 2, y],
    [x + side / 2, y],
  ];
  return { score, centre: [x, y], width: side, height: side, points };
}

describe('detections', () => {
  it('are 896 anchors, rows first', () => {
    const count = ANCHOR_GRIDS.reduce((sum, { stride, perCell }) => sum + perCell * (DETECTOR_SIZE / stride) ** 2, 0);
    expect(count).toBe(896);
    const grids = empty();
    const cell = 3 * 8 + 5; // row 3, column 5 of the coarse grid
    const [, coarse] = grids;
    if (!coarse) throw new Error('two grids');
    coarse.scores[4 * 64 + cell] = 2;
    [7, -9, 40, 60].forEach((value, k) => {
      coarse.boxes[(4 * BOX_VALUES + k) * 64 + cell] = value;
    });
    const [found, ...others] = decodeDetections(grids, 0.5);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ centre: [5.5 * 32 + 7, 3.5 * 32 - 9], width: 40, height: 60 });
    expect(found?.score).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(decodeDetections(grids, 0.9)).toEqual([]);
  });

  it('merge where they mean one face, weighed by score', () => {
    const merged = mergeDetections([face(100, 100, 40, 0.9), face(103, 100, 40, 0.3), face(180, 100, 40, 0.6)]);
    expect(merged.map(({ score }) => score)).toEqual([0.9, 0.6]);
    expect(merged[0]?.centre[0]).toBeCloseTo(100.75, 6);
    expect(overlap(face(0, 0, 10, 1), face(5, 0, 10, 1))).toBeCloseTo(1 / 3, 6);
  });

  it('of several passes: the best of each face stands, a part cut by a tile goes', () => {
    const half: Detection = { ...face(90, 100, 40, 0.6), width: 18 };
    expect(bestOfPasses([half, face(100, 100, 40, 0.9)])).toEqual([face(100, 100, 40, 0.9)]);
  });

  it('keep fifty faces apart', () => {
    const many = Array.from({ length: 50 }, (_, i) => face(10 + (i % 10) * 25, 10 + Math.floor(i / 10) * 25, 20, 0.7));
    expect(bestOfPasses(mergeDetections(many))).toHaveLength(50);
  });

  it('go from the network to the photo', () => {
    const square = turnedSquare([100, 50], 512, 0);
    const moved = mapDetection(face(127.5, 127.5, 30, 0.8), quadMatrix(square, DETECTOR_SIZE));
    expect(moved.centre[0]).toBeCloseTo(100, 6);
    expect(moved.centre[1]).toBeCloseTo(50, 6);
    expect(moved.width).toBeCloseTo(60, 6);
  });
});

describe('crops', () => {
  it('hold the whole photo, then all of it in overlapping tiles', () => {
    expect(quadSide(letterbox(300, 200))).toBe(300);
    const [width, height] = [1000, 620];
    const squares = tiles(width, height);
    const least = width / 25;
    for (const [x, y] of [
      [0, 0],
      [960, 580],
      [500, 300],
      [399, 219],
      [640, 380],
    ] as const) {
      const whole = squares.some(([[left, top], , [right, bottom]]) => {
        return left <= x + 0.5 && top <= y + 0.5 && right >= x + least - 1 && bottom >= y + least - 1;
      });
      expect(whole, `a face of ${least} px at ${x}, ${y} lies whole in one tile`).toBe(true);
    }
    expect(tiles(50, 1000).length).toBe(2);
  });

  it('turn with the eyes', () => {
    const turned: Detection = { ...face(50, 50, 20, 1) };
    const [, , ...rest] = turned.points;
    const points = [[45, 45], [55, 55], ...rest] as unknown as Detection['points'];
    const crop = detectionCrop({ ...turned, points });
    expect(quadSide(crop)).toBeCloseTo(30, 6);
    expect(quadCentre(crop)[0]).toBeCloseTo(50, 6);
    expect(Math.atan2(crop[3][1] - crop[0][1], crop[3][0] - crop[0][0])).toBeCloseTo(Math.PI / 4, 6);
  });

  it('follow a mesh', () => {
    const mesh = Array.from({ length: MESH_POINTS }, (_, i): Point => [100 + (i % 20), 200 + Math.floor(i / 20)]);
    mesh[33] = [100, 210];
    mesh[263] = [110, 210];
    const crop = meshCrop(mesh);
    expect(quadSide(crop)).toBeCloseTo(1.5 * 23, 6);
    expect(quadCentre(crop)[0]).toBeCloseTo(109.5, 6);
    expect(meshTo68(mesh)).toHaveLength(68);
    expect(new Set(meshOval(mesh)).size).toBe(36);
  });
});
