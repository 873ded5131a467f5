// Which channels of an image matter, and then which places. An image is a list of planes, one
// for each channel, and a plane a list of rows.
// A test holds each function equal to its Python twin, to 1e-6.
import { imageConvolution } from "./convolution.js";
import { linear, sigmoid } from "./rows.js";

const POOLING = {
  average: (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length,
  maximum: (numbers) => Math.max(...numbers),
};

/** A summary of every channel over all places, by one of the two pools. Twins: average, maximum. */
export function channelSummary(image, pool) {
  return image.map((plane) => POOLING[pool](plane.flat()));
}

/** A summary of every place over all channels: a plane. Twins: average, maximum. */
export function placeSummary(image, pool) {
  return image[0].map((row, i) => row.map((_, j) => POOLING[pool](image.map((plane) => plane[i][j]))));
}

/** What the small network makes of one summary of the channels: hidden units, and a score for each channel. */
export function channelScores({ network: [first, , second] }, summary) {
  const map = ({ weight, bias = weight.map(() => 0) }, row) => linear([row], { weight, bias })[0];
  const hidden = map(first, summary).map((unit) => Math.max(0, unit));
  return { hidden, scores: map(second, hidden) };
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
