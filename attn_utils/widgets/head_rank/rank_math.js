// What a head makes of its queries and keys, and how near that is to the weights wanted.
// A test holds each function equal to its Python twin, to 1e-6.
import { maskedSoftmax } from "../parts/attention.js";
import { scaledDotScores } from "../parts/scores.js";

/** The scores of every query, before softmax. Twin: FreeHead. */
export function tableOf(query, key) {
  return query.map((q) => scaledDotScores(q, key));
}

/** The weights that softmax makes of these scores, row by row. Twin: masked_softmax. */
export function softRows(scores) {
  const everyKey = scores[0].map(() => true);
  return scores.map((row) => maskedSoftmax(row, everyKey));
}

/** How far the weights made of these scores are from those wanted: KL, the mean over rows. Twin: divergence. */
export function divergence(scores, wanted) {
  let sum = 0;
  scores.forEach((row, q) => {
    const largest = Math.max(...row);
    const total = largest + Math.log(row.reduce((all, score) => all + Math.exp(score - largest), 0));
    row.forEach((score, k) => {
      const weight = wanted[q][k];
      if (weight > 0) sum += weight * (Math.log(weight) - score + total);
    });
  });
  return sum / scores.length;
}

/** In which rows the keys that should weigh most have the highest scores. Twin: pointing. */
export function pointsRight(scores, wanted) {
  return scores.map((row, q) => {
    const most = Math.max(...wanted[q]);
    const meant = row.filter((_, k) => wanted[q][k] === most);
    const others = row.filter((_, k) => wanted[q][k] !== most);
    return Math.min(...meant) > Math.max(...others);
  });
}

/** The share of a table's squares beyond this rank; `shares` says what each singular value carries. Twin: left_over. */
export function leftOver(shares, width) {
  return shares.slice(width).reduce((sum, share) => sum + share, 0);
}
