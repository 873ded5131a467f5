// Which channels of an image matter, and then which places. An image is a list of rows, each a
// list of places, and a place holds its channels.
// A test holds each function equal to its Python twin, to 1e-6.
import { imageConvolution } from "./convolution.js";
import { linearRow, sigmoid } from "./rows.js";

// What runs with every move has loops here: a callback for each number takes several times as long.

// Two numbers by one of the two pools; of an average this is the sum.
const joined = (pool, one, other) => (pool === "average" ? one + other : Math.max(one, other));

/** A summary of every channel over all places, by one of the two pools. Twins: average, maximum. */
export function channelSummary(image, pool) {
  const [first, ...others] = image.flat();
  const summary = [...first];
  for (const place of others) {
    for (let c = 0; c < summary.length; c++) summary[c] = joined(pool, summary[c], place[c]);
  }
  return pool === "average" ? summary.map((sum) => sum / (others.length + 1)) : summary;
}

/** A summary of every place over all channels: rows. Twins: average, maximum. */
export function placeSummary(image, pool) {
  return image.map((row) => row.map((place) => {
    let summary = place[0];
    for (let c = 1; c < place.length; c++) summary = joined(pool, summary, place[c]);
    return pool === "average" ? summary / place.length : summary;
  }));
}

/** What the small network makes of one summary of the channels: hidden units, and a score for each channel. */
export function channelScores({ network: [first, , second] }, summary) {
  const hidden = linearRow(summary, first).map((unit) => Math.max(0, unit));
  return { hidden, scores: linearRow(hidden, second) };
}

/** One weight for each channel. Twin: ChannelAttention. */
export function channelAttention(module, image, pools) {
  const scores = pools.map((pool) => channelScores(module, channelSummary(image, pool)).scores);
  return scores[0].map((_, c) => sigmoid(scores.reduce((sum, each) => sum + each[c], 0)));
}

/** One weight for each place: rows. Twin: SpatialAttention without a batch norm. */
export function spatialAttention({ convolution }, image, pools) {
  const seen = pools.map((pool) => placeSummary(image, pool));
  const summaries = image.map((row, i) => row.map((_, j) => seen.map((each) => each[i][j])));
  return imageConvolution(summaries, convolution, 1).map((row) => row.map(([score]) => sigmoid(score)));
}

/** Multiply every channel by its weight. */
export function weighChannels(image, weights) {
  return image.map((row) => row.map((place) => {
    const weighed = [...place];
    for (let c = 0; c < weighed.length; c++) weighed[c] *= weights[c];
    return weighed;
  }));
}

/** Multiply every place by its weight, in all channels. */
export function weighPlaces(image, map) {
  return image.map((row, i) => row.map((place, j) => {
    const weighed = [...place];
    for (let c = 0; c < weighed.length; c++) weighed[c] *= map[i][j];
    return weighed;
  }));
}
