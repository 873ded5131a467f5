// A digit among pieces of others, and a small network that has both gates after its last two stages.
// A test holds the numbers equal to the package, to 1e-4.
import { maskedSoftmax } from "../parts/attention.js";
import { channelAttention, channelSummary, spatialAttention, weighChannels, weighPlaces } from "../parts/cbam.js";
import { imageConvolution } from "../parts/convolution.js";
import { SIDE } from "../parts/ink.js";
import { linearRow } from "../parts/rows.js";

export const CANVAS = 24;
export const PIECE = 4;
const STRIDES = [1, 2, 2]; // of the three stages
const BOTH = ["average", "maximum"];

/** The canvas, row by row: the pieces, each over those before it, and over all of them the digit. Ink is a list of
    levels, row by row; places are rows and columns. Twin: cluttered_digits, without its noise. */
export function composed(digit, place, pieces, spots) {
  const canvas = Array.from({ length: CANVAS }, () => Array(CANVAS).fill(0));
  const lay = (ink, side, top, left) => ink.forEach((level, n) => { canvas[top + Math.floor(n / side)][left + (n % side)] = level; });
  pieces.forEach((ink, n) => lay(ink, PIECE, spots[2 * n], spots[2 * n + 1]));
  lay(digit, SIDE, ...place);
  return canvas;
}

/** The weights of both gates after each stage that has them, and the probability of each digit. A gate that is off
    weighs everything by 1. Twin: GatedNetwork. */
export function throughGates({ stages, read_out: readOut }, canvas, { channel_gate: byChannel, spatial_gate: byPlace, pools }) {
  const looks = pools === "both" ? BOTH : [pools];
  const found = [];
  let image = canvas.map((row) => row.map((level) => [level]));
  stages.forEach(({ convolution, channel, spatial }, n) => {
    image = imageConvolution(image, convolution, STRIDES[n]);
    for (const units of image.flat()) for (let c = 0; c < units.length; c++) units[c] = Math.max(0, units[c]);
    if (!channel) return;
    const weights = byChannel ? channelAttention(channel, image, looks) : image[0][0].map(() => 1);
    image = weighChannels(image, weights);
    const map = byPlace ? spatialAttention(spatial, image, BOTH) : image.map((row) => row.map(() => 1));
    image = weighPlaces(image, map);
    found.push({ weights, map });
  });
  const scores = linearRow(channelSummary(image, "average"), readOut);
  return { gates: found, odds: maskedSoftmax(scores, scores.map(() => true)) };
}

/** Where a map is strongest, the first such place: its row, its column and its weight. */
export function strongest(map) {
  const weight = Math.max(...map.flat());
  const at = map.flat().indexOf(weight);
  return { row: Math.floor(at / map[0].length), column: at % map[0].length, weight };
}

/** Whether a place of a map, which has so many rows as columns, lies in the digit's box: it stands for the pixel in the
    middle of what its stage read, the first that it covers. Twin: points_into. */
export function pointsAt({ row, column }, places, [top, left]) {
  const pitch = CANVAS / places;
  const within = (at, first) => at * pitch >= first && at * pitch < first + SIDE;
  return within(row, top) && within(column, left);
}
