// A state that is handed from token to token, by torch's own layers, whose names their tensors keep.
// A test holds each function equal to torch, to 1e-6.
import { linearRow, sigmoid } from "./rows.js";

/** What comes from an input, for all gates one after the other. */
function fromInput(layer, input) {
  return linearRow(input, { weight: layer.weight_ih_l0, bias: layer.bias_ih_l0 });
}

/** What comes from the state before. */
function fromState(layer, hidden) {
  return linearRow(hidden, { weight: layer.weight_hh_l0, bias: layer.bias_hh_l0 });
}

/** One step without gates. Twin: nn.RNN with tanh. */
export function rnnStep(layer, input, { hidden }, ofInput = fromInput(layer, input)) {
  const ofState = fromState(layer, hidden);
  return { hidden: hidden.map((_, i) => Math.tanh(ofInput[i] + ofState[i])) };
}

/** One step: a gate resets what the proposal sees of the state, another keeps the state. Twin: nn.GRU. */
export function gruStep(layer, input, { hidden }, ofInput = fromInput(layer, input)) {
  const ofState = fromState(layer, hidden);
  const width = hidden.length;
  return {
    hidden: hidden.map((before, i) => {
      const [reset, keep] = [i, width + i].map((k) => sigmoid(ofInput[k] + ofState[k]));
      const proposal = Math.tanh(ofInput[2 * width + i] + reset * ofState[2 * width + i]);
      return (1 - keep) * proposal + keep * before;
    }),
  };
}

/** How far the three gates of an LSTM are open, and what may be let in. Twin: nn.LSTM, before its cell. */
export function lstmGates(layer, input, { hidden }, ofInput = fromInput(layer, input)) {
  const ofState = fromState(layer, hidden);
  const pushed = (part) => hidden.map((_, i) => ofInput[part * hidden.length + i] + ofState[part * hidden.length + i]);
  return { write: pushed(0).map(sigmoid), keep: pushed(1).map(sigmoid), fresh: pushed(2).map(Math.tanh), read: pushed(3).map(sigmoid) };
}

/** What such gates make of a cell: what it holds next, and what of that is let out. */
export function throughGates({ write, keep, fresh, read }, cell) {
  const held = cell.map((before, i) => keep[i] * before + write[i] * fresh[i]);
  return { cell: held, hidden: held.map((each, i) => read[i] * Math.tanh(each)) };
}

/** One step: gates let in, forget and let out what a cell holds. Twin: nn.LSTM. */
export function lstmStep(layer, input, state, ofInput = fromInput(layer, input)) {
  return throughGates(lstmGates(layer, input, state, ofInput), state.cell);
}

const STEPS = { RNN: rnnStep, GRU: gruStep, LSTM: lstmStep };

/** Read a sequence from left to right, from a state of zeros: the state after each token. An input that comes
    again, as the same row, is mapped once. */
export function readThrough(kind, layer, inputs) {
  const mapped = new Map([...new Set(inputs)].map((input) => [input, fromInput(layer, input)]));
  const zeros = Array.from(layer.weight_hh_l0[0], () => 0);
  let state = { hidden: zeros, cell: zeros };
  return inputs.map((input) => {
    state = STEPS[kind](layer, input, state, mapped.get(input));
    return state;
  });
}
