// The loss of a choice between classes, and where it falls.
// A test holds each function equal to its Python twin, to 1e-6.
import { maskedSoftmax } from "../parts/attention.js";

/** The probabilities that scores stand for. Twin: torch.softmax. */
export function probabilitiesOf(logits) {
  return maskedSoftmax(logits, logits.map(() => true));
}

/** The loss −log p of the class at this place. Twin: cross_entropy. */
export function lossOf(logits, target) {
  const largest = Math.max(...logits);
  return largest - logits[target] + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}

/** How the loss grows with each score: p, less one at the target. Twin: what autograd finds. */
export function gradientOf(logits, target) {
  return probabilitiesOf(logits).map((p, n) => (n === target ? p - 1 : p));
}

/** The scores one step down the slope, none beyond the ends. Twin: a step of SGD at the rate 1. */
export function stepDown(logits, target, [least, most]) {
  const gradient = gradientOf(logits, target);
  return logits.map((logit, n) => Math.min(Math.max(logit - gradient[n], least), most));
}
