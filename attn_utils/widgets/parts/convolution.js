// A small window that slides along a sequence.
// A test holds each function equal to torch, to 1e-6.
import { linearRow } from "./rows.js";

/** The places of a sequence, each once, that a window at one of `places` reads: of so many neighbours, `step` apart. */
export function placesRead(places, numTokens, kernel, step) {
  const reach = (kernel - 1) / 2;
  const read = new Set();
  for (const place of places) {
    for (let k = -reach; k <= reach; k++) read.add(place + k * step);
  }
  return [...read].filter((place) => place >= 0 && place < numTokens).sort((a, b) => a - b);
}

/** Convolve a sequence, zeros beyond both ends, the neighbours `step` apart; only at some places, if only these
    are asked for: the others stay empty. A row of the weight holds the neighbours of one input feature side by
    side. Twin: nn.Conv1d with the padding that keeps the length. */
export function convolution(x, { weight, bias }, step, places = [...x.keys()]) {
  const outputs = new Array(x.length);
  for (const place of places) {
    const width = x[place].length;
    const kernel = weight[0].length / width;
    const from = place - ((kernel - 1) / 2) * step;
    const window = Array.from({ length: kernel }, (_, k) => x[from + k * step]);
    outputs[place] = weight.map((row, output) => {
      let sum = bias[output];
      window.forEach((features, k) => {
        if (features) for (let i = 0; i < width; i++) sum += row[i * kernel + k] * features[i];
      });
      return sum;
    });
  }
  return outputs;
}

/** Convolve an image with a square kernel, zeros around it, and keep every `stride`-th place. An image is a list of
    rows, each a list of places, and a place holds its channels: what a kernel reads is a few of these lists, one after
    the other, and so a row of the weight holds them in this order. Twin: nn.Conv2d with the padding that keeps the
    size, its weight with the channels last and flattened after the first axis. */
export function imageConvolution(image, map, stride) {
  const [high, wide, channels] = [image.length, image[0].length, image[0][0].length];
  const kernel = Math.sqrt(map.weight[0].length / channels);
  const reach = (kernel - 1) / 2;
  // Zeros once around it are much faster than a question at every number.
  const nothing = Array(channels).fill(0);
  const beside = Array(reach).fill(nothing);
  const beyond = Array(reach).fill(Array(wide + 2 * reach).fill(nothing));
  const padded = [...beyond, ...image.map((row) => [...beside, ...row, ...beside]), ...beyond];
  // What the kernel reads at a place. A convolution is one linear map of it, and one list
  // that is filled anew costs half of what a list for each place does.
  const read = Array(kernel * kernel * channels).fill(0);
  const found = [];
  for (let top = 0; top < high; top += stride) {
    const row = [];
    for (let left = 0; left < wide; left += stride) {
      let n = 0;
      for (let i = top; i < top + kernel; i++) {
        const line = padded[i];
        for (let j = left; j < left + kernel; j++) {
          const place = line[j];
          for (let c = 0; c < channels; c++) read[n++] = place[c];
        }
      }
      row.push(linearRow(read, map));
    }
    found.push(row);
  }
  return found;
}
