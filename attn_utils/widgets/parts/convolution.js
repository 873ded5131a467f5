// A small window that slides along a sequence.
// A test holds each function equal to torch, to 1e-6.

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
