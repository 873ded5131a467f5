// Where things stand on a drawn axis, and how its numbers are written.

/** The least of 1, 2, 5, 10, 20, … tenths that makes at most `count` steps. */
export function tickStep(span, count) {
  const power = 10 ** Math.floor(Math.log10(span / count));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => span / step <= count);
}

/** Round to hundredths: of a pixel, that is as good as exact. */
export function hundredths(length) {
  return Math.round(100 * length) / 100;
}

/** Round numbers from `low` to `high`, with their texts. */
export function ticks(low, high, count) {
  const step = tickStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const places = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return places.map((at) => ({ at, text: String(Number(at.toFixed(6))) }));
}

/** A bandwidth in words: two decimals, or two digits where that would say 0.0. */
export function brief(bandwidth) {
  return bandwidth < 0.1 ? String(Number(bandwidth.toPrecision(2))) : bandwidth.toFixed(2);
}

/** A number with so many decimals and a real minus sign. */
export function signed(value, digits) {
  return (value + 0).toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
}

/** Move places apart until each two are `gap` from each other, as little as may be,
    all of them between `low` and `high` where there is room. Their order stays. */
export function spread(places, gap, low, high) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const apart = [...places];
  let edge = low;
  for (const i of order) edge = (apart[i] = Math.max(apart[i], edge)) + gap;
  edge = high;
  for (const i of order.reverse()) edge = (apart[i] = Math.min(apart[i], edge)) - gap;
  return apart;
}

/** How many decimals a small number is written with: one more below a tenth. */
export function decimalsOf(value) {
  return value < 0.095 ? 3 : 2;
}
