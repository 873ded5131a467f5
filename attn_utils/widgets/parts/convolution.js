// A small window that slides along a sequence.
// A test holds each function equal to torch, to 1e-6.
import { linear } from "./rows.js";

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
    planes, each a list of rows; a row of the weight holds the kernels of all input planes one after the other.
    Twin: nn.Conv2d with the padding that keeps the size, its weight flattened after the first axis. */
export function imageConvolution(image, map, stride) {
  const { weight } = map;
  const [high, wide] = [image[0].length, image[0][0].length];
  const kernel = Math.sqrt(weight[0].length / image.length);
  const reach = (kernel - 1) / 2;
  // Zeros once around it are much faster than a question at every number.
  const beside = Array(reach).fill(0);
  const beyond = Array(reach).fill(Array(wide + 2 * reach).fill(0));
  const padded = image.map((plane) => [...beyond, ...plane.map((row) => [...beside, ...row, ...beside]), ...beyond]);
  // What the kernel reads at each place, as a row: a convolution is one linear map of all of these.
  const windows = [];
  for (let top = 0; top < high; top += stride) {
    for (let left = 0; left < wide; left += stride) {
      const read = [];
      for (const plane of padded) {
        for (let i = 0; i < kernel; i++) {
          const line = plane[top + i];
          for (let j = 0; j < kernel; j++) read.push(line[left + j]);
        }
      }
      windows.push(read);
    }
  }
  const found = linear(windows, map);
  const across = Math.ceil(wide / stride);
  return weight.map((_, output) => {
    const plane = [];
    for (let n = 0; n < found.length; n += across) plane.push(found.slice(n, n + across).map((outputs) => outputs[output]));
    return plane;
  });
}
