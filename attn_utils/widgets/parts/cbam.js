// Which channels of an image matter, and then which places. An image is a list of planes, one
// for each channel, and a plane a list of rows.
// A test holds each function equal to its Python twin, to 1e-6.
import { imageConvolution } from "./convolution.js";
import { linear, sigmoid } from "./rows.js";

// What a pool begins with, how it takes in one more number, and what it makes of so many.
const POOLING = {
  average: { begin: 0, join: (sum, number) => sum + number, end: (sum, count) => sum / count },
  maximum: { begin: -Infinity, join: Math.max, end: (most) => most },
};

/** A summary of every channel over all places, by one of the two pools. Twins: average, maximum. */
export function channelSummary(image, pool) {
  const { begin, join, end } = POOLING[pool];
  return image.map((plane) => {
    const joined = plane.reduce((found, row) => row.reduce((all, number) => join(all, number), found), begin);
    return end(joined, plane.length * plane[0].length);
  });
}

/** A summary of every place over all channels: a plane. Twins: average, maximum. */
export function placeSummary(image, pool) {
  const { begin, join, end } = POOLING[pool];
  return image[0].map((first, i) => first.map((_, j) => {
    let joined = begin;
    for (const plane of image) joined = join(joined, plane[i][j]);
    return end(joined, image.length);
  }));
}

/** What the small network makes of one summary of the channels: hidden units, and a score for each channel. */
export function channelScores({ network: [first, , second] }, summary) {
  const hidden = linear([summary], first)[0].map((unit) => Math.max(0, unit));
  return { hidden, scores: linear([hidden], second)[0] };
}

/** One weight for each channel. Twin: ChannelAttention. */
export function channelAttention(module, image, pools) {
  const scores = pools.map((pool) => channelScores(module, channelSummary(image, pool)).scores);
  return image.map((_, c) => sigmoid(scores.reduce((sum, each) => sum + each[c], 0)));
}

/** One weight for each place: rows. Twin: SpatialAttention without a batch norm. */
export function spatialAttention({ convolution }, image, pools) {
  const [scores] = imageConvolution(pools.map((pool) => placeSummary(image, pool)), convolution, 1);
  return scores.map((row) => row.map(sigmoid));
}

/** Multiply every channel by its weight. */
export function weighChannels(image, weights) {
  return image.map((plane, c) => plane.map((row) => row.map((feature) => weights[c] * feature)));
}

/** Multiply every place by its weight, in all channels. */
export function weighPlaces(image, map) {
  return image.map((plane) => plane.map((row, i) => row.map((feature, j) => map[i][j] * feature)));
}
