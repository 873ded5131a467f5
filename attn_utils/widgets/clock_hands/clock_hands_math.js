// What two positions have in common: the angles between their hands.
// A test holds each function equal to its Python twin, to 1e-6.
import { angles, sinusoidalPositions } from "../parts/positions.js";
import { dot } from "../parts/rows.js";

/** After how many tokens each hand has turned once. Twin: 2π / positions.angles of 1. */
export function periods(dim, base) {
  return angles(1, dim, 1, base)[0].map((angle) => (2 * Math.PI) / angle);
}

/** The dot product of two positions that lie −most to most apart. Twin: sinusoidal_positions, multiplied. */
export function productByOffset(dim, base, most) {
  const vectors = sinusoidalPositions(2 * most + 1, dim, 0, base);
  return vectors.map((vector) => dot(vectors[most], vector));
}

/** The turn from one angle to another, the shorter way round: −π to π. Twin: torch.atan2. */
export function shortTurn(from, to) {
  const turn = (to - from) % (2 * Math.PI);
  return turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));
}

/** A number from −1 to 1 in two decimals, or where that has no room in one: .92, −.9, 1, 0. */
export function inCell(value, tight) {
  const text = (value + 0).toFixed(tight ? 1 : 2).replace(/^-(?=[0.]+$)/, "").replace("-", "−");
  return tight ? text.replace(/0?\.(?=[1-9])/, ".").replace(".0", "") : text.replace("0.", ".");
}

/** A period in a few letters: 6.3, 628, 19,869, or where that has no room 20k. */
export function inTokens(period, tight) {
  if (period < 99.95) return period.toFixed(1);
  if (!tight || period < 999.5) return Math.round(period).toLocaleString("en");
  const thousands = period / 1000;
  return `${thousands.toFixed(thousands < 9.95 ? 1 : 0)}k`;
}

/** An angle in degrees, to the whole or to two digits. */
export function inDegrees(angle) {
  const degrees = (180 / Math.PI) * angle;
  return `${degrees < 9.95 ? Number(degrees.toPrecision(2)) : Math.round(degrees)}°`;
}
