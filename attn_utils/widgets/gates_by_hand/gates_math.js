// Both gates on two channels of four times four places, with every number on the way.
// A test holds the numbers equal to the package, to 1e-6.
import { channelScores, channelSummary, placeSummary, spatialAttention, weighChannels, weighPlaces } from "../parts/cbam.js";
import { sigmoid } from "../parts/rows.js";

export const CHANNELS = 2;
export const SIDE = 4;
export const POOLS = ["average", "maximum"];

/** Numbers one after the other as rows of so many. */
function inRows(numbers, wide) {
  return Array.from({ length: numbers.length / wide }, (_, n) => numbers.slice(n * wide, (n + 1) * wide));
}

/** The paths that a gate looks through. */
export function pathsOf(pools) {
  return pools === "both" ? POOLS : [pools];
}

/** The refined features, and all on the way to them. A path that is off has no summaries. Twin: CBAM. */
export function throughBoth({ features, first, second, kernel, pools }) {
  const paths = pathsOf(pools);
  const planes = inRows(inRows(features, SIDE), SIDE);
  const image = planes[0].map((row, i) => row.map((_, j) => planes.map((plane) => plane[i][j])));
  const network = [{ weight: inRows(first, CHANNELS) }, {}, { weight: inRows(second, 1) }];
  const channel = Object.fromEntries(paths.map((path) => {
    const summary = channelSummary(image, path);
    return [path, { summary, ...channelScores({ network }, summary) }];
  }));
  const sums = planes.map((_, c) => paths.reduce((sum, path) => sum + channel[path].scores[c], 0));
  const weights = sums.map(sigmoid);
  const weighed = weighChannels(image, weights);
  const kernels = Object.fromEntries(inRows(kernel, kernel.length / POOLS.length).map((row, n) => [POOLS[n], row]));
  const convolution = { weight: [kernels[paths[0]].flatMap((_, n) => paths.map((path) => kernels[path][n]))] };
  const map = spatialAttention({ convolution }, weighed, paths);
  return {
    channel, sums, weights, kernels, map,
    planes: Object.fromEntries(paths.map((path) => [path, placeSummary(weighed, path)])),
    refined: weighPlaces(weighed, map),
  };
}

/** Channel, row and column of a cell, counted from 0. */
export function placeOf(cell) {
  return [Math.floor(cell / (SIDE * SIDE)), Math.floor(cell / SIDE) % SIDE, cell % SIDE];
}
