// What an LSTM does with each character: how far its gates are open, what its cells hold and let out.
import { lstmGates, throughGates } from "../parts/recurrent.js";

export const LONGEST = 24; // letters of a string

/** Read vectors from a state of zeros: gates, cells and states after each. `keep` is what all forget gates are held
    at; null leaves them alone. Twin: LSTMCell, and nn.LSTM. */
export function readGates(layer, vectors, keep = null) {
  const zeros = Array.from(layer.weight_hh_l0[0], () => 0);
  let state = { cell: zeros, hidden: zeros };
  return vectors.map((vector) => {
    const before = state.cell;
    const gates = lstmGates(layer, vector, state);
    if (keep !== null) gates.keep = zeros.map(() => keep);
    state = throughGates(gates, before);
    return { ...gates, ...state, before };
  });
}

/** What a unit does at each character. */
export function unitOf(reading, unit) {
  return reading.map((each) => Object.fromEntries(Object.entries(each).map(([name, all]) => [name, all[unit]])));
}

/** How far an axis must reach to hold all numbers, up and down: a half more than it needs at most, 1 at least. */
export function reachOf(numbers) {
  return Math.max(1, Math.ceil(2 * Math.max(...numbers.map(Math.abs)) - 1e-9) / 2);
}
