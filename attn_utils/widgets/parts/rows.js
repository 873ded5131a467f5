// Rows of numbers. A sequence is an array of rows, one for each token; a map {weight, bias}
// keeps its weight as rows too, one for each output, as torch does.
// A test holds each function equal to its Python twin, to 1e-6.

/** The sum of products of two rows. */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Add two sequences, feature by feature. */
export function add(x, y) {
  return x.map((row, n) => row.map((feature, i) => feature + y[n][i]));
}

/** Map one row by weight · row + bias, which may be missing. Twin: nn.Linear. */
export function linearRow(row, { weight, bias = weight.map(() => 0) }) {
  const outputs = new Array(weight.length);
  const whole = weight.length - (weight.length % 4);
  // Four outputs at a time take each feature once, and none waits for another's sum: twice as fast as one by one, and
  // most of a model is here. To name them by a list in brackets would leave a list behind for each four.
  for (let i = 0; i < whole; i += 4) {
    const a = weight[i];
    const b = weight[i + 1];
    const c = weight[i + 2];
    const d = weight[i + 3];
    let ofA = bias[i];
    let ofB = bias[i + 1];
    let ofC = bias[i + 2];
    let ofD = bias[i + 3];
    for (let j = 0; j < row.length; j++) {
      const feature = row[j];
      ofA += a[j] * feature;
      ofB += b[j] * feature;
      ofC += c[j] * feature;
      ofD += d[j] * feature;
    }
    outputs[i] = ofA;
    outputs[i + 1] = ofB;
    outputs[i + 2] = ofC;
    outputs[i + 3] = ofD;
  }
  for (let i = whole; i < weight.length; i++) outputs[i] = bias[i] + dot(weight[i], row);
  return outputs;
}

/** Map every row. Twin: nn.Linear. */
export function linear(x, map) {
  return x.map((row) => linearRow(row, map));
}

/** Give every row mean 0 and variance 1, then scale and shift it. Twin: nn.LayerNorm. */
export function layerNorm(x, { weight, bias }) {
  return x.map((row) => {
    const mean = row.reduce((sum, feature) => sum + feature, 0) / row.length;
    const variance = row.reduce((sum, feature) => sum + (feature - mean) ** 2, 0) / row.length;
    const root = Math.sqrt(variance + 1e-5);
    return row.map((feature, i) => ((feature - mean) / root) * weight[i] + bias[i]);
  });
}

/** Bring a number between 0 and 1: how far a gate is open. Twin: torch.sigmoid. */
export function sigmoid(number) {
  return 1 / (1 + Math.exp(-number));
}
